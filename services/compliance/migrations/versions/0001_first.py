"""The room's first tables."""

from shared.migrations import run_script
from shared.plumbing import plumbing_sql

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE compliance.registry_version (
    version int PRIMARY KEY,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    document jsonb NOT NULL
);
CREATE TABLE compliance.arrival (
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    first_accepted date NOT NULL,
    versions int NOT NULL CHECK (versions > 0),
    PRIMARY KEY (platform, form, period)
);
CREATE TABLE compliance.account (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    role text NOT NULL CHECK (role = 'admin'),
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    run_script(plumbing_sql("compliance"))
    run_script(_TABLES)
