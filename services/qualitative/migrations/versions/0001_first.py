"""The room's first tables: those every room has."""

from alembic import op

from shared.plumbing import plumbing_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(plumbing_sql("qualitative"))
