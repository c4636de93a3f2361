"""Owns the registry, obligations and the calendar; hears submissions; says who is where, what day it is, what is due.

Only this room says what day it is.
"""
