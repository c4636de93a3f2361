"""Calendar feeds, known by the hash of their secret."""

from shared.migrations import run_script

revision = "0007"
down_revision = "0006"

_SCRIPT = """
CREATE TABLE compliance.calendar_feed (
    token_sha256 text PRIMARY KEY,
    platform text NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE UNIQUE INDEX calendar_feed_of ON compliance.calendar_feed (platform) WHERE ended_at IS NULL;
COMMENT ON COLUMN compliance.calendar_feed.platform IS 'empty: all of them';
"""


def upgrade() -> None:
    run_script(_SCRIPT)
