"""What qualitative remembers: so far only the reading tables that every room has."""
