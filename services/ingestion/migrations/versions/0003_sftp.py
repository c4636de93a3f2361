"""The SFTP door: what lies in the folders of each platform, the restitutions laid there, the host key."""

from shared.migrations import run_script

revision = "0003"
down_revision = "0002"

_SCRIPT = """
CREATE TABLE ingestion.sftp_file (
    platform text NOT NULL,
    folder text NOT NULL CHECK (folder IN ('depots', 'accuses')),
    name text NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    content bytea,
    submission uuid REFERENCES ingestion.submission,
    laid_at timestamptz NOT NULL DEFAULT now(),
    gone_at timestamptz,
    PRIMARY KEY (platform, folder, name)
);
CREATE INDEX sftp_file_submission ON ingestion.sftp_file (submission);
ALTER TABLE ingestion.sftp_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ingestion.sftp_file
    USING (current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', platform));
CREATE TABLE ingestion.restitution_file (
    platform text NOT NULL,
    name text NOT NULL CHECK (name !~ '/'),
    content bytea NOT NULL,
    issued_on date NOT NULL,
    PRIMARY KEY (platform, name)
);
COMMENT ON COLUMN ingestion.restitution_file.platform IS 'empty = for all platforms';
ALTER TABLE ingestion.restitution_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_or_everybodys ON ingestion.restitution_file
    USING (platform = '' OR current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) = '*');
CREATE TABLE ingestion.sftp_host_key (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    private_key text NOT NULL
);
ALTER TABLE ingestion.sftp_host_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY nobodys ON ingestion.sftp_host_key
    USING (current_setting('pilotage.viewer', true) = '*')
    WITH CHECK (current_setting('pilotage.viewer', true) = '*');
"""


def upgrade() -> None:
    run_script(_SCRIPT)
