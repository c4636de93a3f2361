"""Large files: bytes in pieces, errors packed by the thousand; who certified; the smallest group of a case file."""

from shared.migrations import run_script

revision = "0002"
down_revision = "0001"

_SCRIPT = """
ALTER TABLE ingestion.submission ADD COLUMN certified_by text NOT NULL DEFAULT '';
ALTER TABLE ingestion.submission ADD COLUMN smallest_group int;
ALTER TABLE ingestion.submission_file ADD COLUMN n int NOT NULL DEFAULT 0;
ALTER TABLE ingestion.submission_file DROP CONSTRAINT submission_file_pkey;
ALTER TABLE ingestion.submission_file ADD PRIMARY KEY (submission, n);
ALTER TABLE ingestion.submission_file ALTER COLUMN content SET STORAGE EXTERNAL;
DROP TABLE ingestion.submission_error;
CREATE TABLE ingestion.submission_error_page (
    submission uuid NOT NULL REFERENCES ingestion.submission,
    first int NOT NULL CHECK (first > 0),
    many int NOT NULL CHECK (many > 0),
    platform text NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (submission, first)
);
ALTER TABLE ingestion.submission_error_page ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE ingestion.submission_error_page ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ingestion.submission_error_page
    USING (current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', platform));
"""


def upgrade() -> None:
    run_script(_SCRIPT)
