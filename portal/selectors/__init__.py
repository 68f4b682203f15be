"""Reading for the pages that span apps."""
