"""Whole journeys: all processes, real Kafka, real PostgreSQL, real mail."""
