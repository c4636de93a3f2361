"""Whom qualitative serves: so far nobody but the admin, with its status."""
