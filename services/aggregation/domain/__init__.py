"""What is true of totals and restitutions: pure calculation, exact, without I/O or clock."""
