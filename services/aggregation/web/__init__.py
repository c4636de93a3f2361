"""Whom the room serves: the tables as they stand, the editions as they were issued, and their pages."""
