"""Alembic's entry for the schema `qualitative`."""

from shared.migrations import run_migrations

run_migrations()
