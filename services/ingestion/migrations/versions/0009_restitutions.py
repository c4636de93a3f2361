"""Issues on their way into the SFTP folders, and their files: a folder per day, each file with its fingerprint."""

from shared.migrations import run_script

revision = "0009"
down_revision = "0008"

_SCRIPT = """
CREATE TABLE ingestion.restitution_issue (
    day date PRIMARY KEY,
    parts int NOT NULL CHECK (parts > 0),
    laid_at timestamptz
);
CREATE INDEX restitution_issue_to_lay ON ingestion.restitution_issue (day) WHERE laid_at IS NULL;
CREATE TABLE ingestion.restitution_part (
    day date NOT NULL REFERENCES ingestion.restitution_issue,
    part int NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (day, part)
);
ALTER TABLE ingestion.restitution_file DROP CONSTRAINT restitution_file_pkey;
ALTER TABLE ingestion.restitution_file ADD PRIMARY KEY (platform, issued_on, name);
ALTER TABLE ingestion.restitution_file ADD COLUMN sha256 text;
UPDATE ingestion.restitution_file SET sha256 = encode(sha256(content), 'hex');
ALTER TABLE ingestion.restitution_file ALTER COLUMN sha256 SET NOT NULL;
ALTER TABLE ingestion.restitution_file ADD CHECK (sha256 = encode(sha256(content), 'hex'));
ALTER TABLE ingestion.restitution_file ALTER COLUMN content SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    run_script(_SCRIPT)
