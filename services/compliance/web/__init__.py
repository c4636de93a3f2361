"""Whom compliance serves: the registry, what is owed, tokens, sign-in, the calendar of a simulation."""
