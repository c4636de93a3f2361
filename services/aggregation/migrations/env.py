"""Alembic's entry for the schema `aggregation`."""

from shared.migrations import run_migrations

run_migrations()
