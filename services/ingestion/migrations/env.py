"""Alembic's entry for the schema `ingestion`."""

from shared.migrations import run_migrations

run_migrations()
