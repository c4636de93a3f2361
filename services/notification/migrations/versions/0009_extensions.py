"""A reminder is of a form, a due day and a step: a deadline that is extended has its own; levels; due days now."""

from shared.migrations import run_script

revision = "0009"
down_revision = "0008"

_SCRIPT = """
ALTER TABLE notification.reminder DROP CONSTRAINT reminder_pkey;
ALTER TABLE notification.reminder ADD PRIMARY KEY (platform, form, period, due, step);
ALTER TABLE notification.reminder ADD COLUMN level int NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 3);
CREATE TABLE notification.due_day (
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    due date NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (platform, form, period)
);
COMMENT ON TABLE notification.due_day IS 'where a deadline was extended: the one that holds now';
"""


def upgrade() -> None:
    run_script(_SCRIPT)
