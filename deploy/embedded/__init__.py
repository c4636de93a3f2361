"""A real Kafka and a real PostgreSQL on one machine, from packages, without Docker."""
