"""What is written to whom, and what becomes of it: pure calculation."""
