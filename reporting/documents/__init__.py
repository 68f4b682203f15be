"""A frozen (or present) report as a file. Every format is fed by the same snapshot."""
