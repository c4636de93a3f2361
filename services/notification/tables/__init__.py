"""What the room remembers; the tables themselves are in the migrations."""
