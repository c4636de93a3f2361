"""What waits for an explanation, as it was sent and as it is now."""

from shared.migrations import run_script

revision = "0005"
down_revision = "0004"

_SCRIPT = """
ALTER TABLE aggregation.version ADD COLUMN to_confirm boolean NOT NULL DEFAULT false;
CREATE TABLE aggregation.explanation (
    submission uuid PRIMARY KEY,
    revision int NOT NULL CHECK (revision > 0),
    to_confirm boolean NOT NULL
);
"""


def upgrade() -> None:
    run_script(_SCRIPT)
