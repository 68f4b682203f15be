"""Pages of projects, outcomes, cases and their figures."""
