"""Owns the registry, obligations and the calendar; hears submissions; says who belongs where, what day it is, and what is due."""
