"""Reading: documents for the engine, its index, the lists people see, the gap atlas."""
