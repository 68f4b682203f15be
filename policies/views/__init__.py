"""Pages of public content: reading, feeds, editing."""
