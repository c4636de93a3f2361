"""Quality warnings: the standing lines that files are compared with, what was found worth a question, what was said."""

from shared.migrations import run_script

revision = "0005"
down_revision = "0004"

_TABLES = """
ALTER TABLE ingestion.submission ADD COLUMN to_confirm boolean NOT NULL DEFAULT false;
CREATE TABLE ingestion.standing_line (
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    member text NOT NULL,
    values jsonb NOT NULL,
    PRIMARY KEY (platform, form, period, member)
);
CREATE INDEX standing_line_period ON ingestion.standing_line (form, period);
CREATE TABLE ingestion.warning (
    submission uuid NOT NULL REFERENCES ingestion.submission,
    n int NOT NULL CHECK (n > 0),
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    line int,
    column_name text,
    code text NOT NULL,
    member text NOT NULL,
    message text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'explained', 'accepted', 'asked_back', 'void')),
    PRIMARY KEY (submission, n)
);
CREATE INDEX warning_subject ON ingestion.warning (platform, form, member, code);
CREATE INDEX warning_waiting ON ingestion.warning (state) WHERE state IN ('open', 'explained', 'asked_back');
CREATE TABLE ingestion.warning_word (
    submission uuid NOT NULL REFERENCES ingestion.submission,
    n int NOT NULL,
    place int NOT NULL CHECK (place > 0),
    platform text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('explanation', 'acceptance', 'question')),
    role text NOT NULL CHECK (role IN ('platform', 'admin')),
    said_by text NOT NULL,
    said_at timestamptz NOT NULL,
    text text NOT NULL CHECK (length(text) <= 1000),
    PRIMARY KEY (submission, n, place),
    FOREIGN KEY (submission, n) REFERENCES ingestion.warning
);
"""
_WALL = """
ALTER TABLE ingestion.{table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ingestion.{table}
    USING (current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', platform));
"""
# What stands already was said with its lines, and what was said is kept.
_ALREADY_STANDING = """
INSERT INTO ingestion.standing_line (platform, form, period, version, member, values)
SELECT body->>'platform', body->>'form', body->>'period', CAST(body->>'version' AS int), line->>'member', line->'values'
FROM (
    SELECT DISTINCT ON (key) CAST(body AS jsonb) AS body FROM ingestion.outbox
    WHERE type = 'SubmissionAccepted' ORDER BY key, CAST(CAST(body AS jsonb)->>'version' AS int) DESC
) AS standing, jsonb_array_elements(body->'lines') AS line
WHERE body->>'form' IN ('assistance-trimestriel', 'mobilite-trimestriel');
"""


def upgrade() -> None:
    run_script(_TABLES)
    for table in ("standing_line", "warning", "warning_word"):
        run_script(_WALL.format(table=table))
    run_script(_ALREADY_STANDING)
