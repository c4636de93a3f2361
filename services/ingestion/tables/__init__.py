"""What ingestion remembers: submissions with their bytes and errors, and the days whose reception is closed."""
