"""The routes of the house as a whole, which no room could answer alone."""
