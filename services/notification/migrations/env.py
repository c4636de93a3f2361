"""Runs this room's migrations."""

from shared.migrations import run_migrations

run_migrations()
