"""How well the engine ranks, on judged pairs that are passed by path."""
