"""Dull factories: the least that is valid; tests state what matters to them."""
