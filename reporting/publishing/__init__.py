"""Compiling publications: what a snapshot holds, how its numbers are totalled and put in words."""
