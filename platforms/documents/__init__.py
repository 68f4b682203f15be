"""Documents printed of recognition."""
