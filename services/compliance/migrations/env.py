"""Alembic's entry for the schema `compliance`."""

from shared.migrations import run_migrations

run_migrations()
