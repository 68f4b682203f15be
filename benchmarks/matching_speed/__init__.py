"""How fast the engine ranks, beside its peers, on texts recombined from real ones."""
