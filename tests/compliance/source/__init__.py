"""Niveau 3 of the source text, as it was received, for what is written from it to be compared with."""
