"""Audits and the pieces that prove, walled off by whose they are; what was declared, for samples."""

from shared.migrations import run_script

revision = "0013"
down_revision = "0012"

_SCRIPT = """
CREATE TABLE compliance.audit_firm (
    code text PRIMARY KEY,
    name text NOT NULL,
    emails text[] NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE TABLE compliance.audit (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    owner text NOT NULL,
    firm text NOT NULL,
    state text NOT NULL,
    service text NOT NULL,
    planned_for date NOT NULL,
    signed_on date,
    sha256 text,
    body jsonb NOT NULL,
    document jsonb,
    CHECK ((state = 'signed') = (signed_on IS NOT NULL AND sha256 IS NOT NULL AND document IS NOT NULL))
);
CREATE INDEX audit_of ON compliance.audit (owner);
ALTER TABLE compliance.audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON compliance.audit
    USING (current_setting('pilotage.viewer', true) IN ('*', owner)
           OR (firm <> '' AND current_setting('pilotage.viewer', true) = 'auditor/' || firm))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', owner)
           OR (firm <> '' AND current_setting('pilotage.viewer', true) = 'auditor/' || firm));
CREATE FUNCTION compliance.refuse_signed() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'a signed audit is never altered'; END $$;
CREATE TRIGGER signed_is_frozen BEFORE UPDATE OR DELETE ON compliance.audit
    FOR EACH ROW WHEN (OLD.signed_on IS NOT NULL) EXECUTE FUNCTION compliance.refuse_signed();
CREATE TABLE compliance.audit_piece (
    id uuid PRIMARY KEY,
    owner text NOT NULL,
    service text NOT NULL,
    evidence text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    name text NOT NULL,
    sha256 text NOT NULL,
    size int NOT NULL,
    expires_on date,
    uploaded_by text NOT NULL,
    uploaded_at timestamptz NOT NULL,
    content bytea NOT NULL,
    UNIQUE (owner, service, evidence, version)
);
ALTER TABLE compliance.audit_piece ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON compliance.audit_piece
    USING (current_setting('pilotage.viewer', true) IN ('*', owner)
           OR (current_setting('pilotage.viewer', true) LIKE 'auditor/%' AND EXISTS (
               SELECT FROM compliance.audit WHERE audit.owner = audit_piece.owner
               AND audit.service = audit_piece.service)))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', owner));
CREATE TABLE compliance.good_practice (
    service text NOT NULL,
    standard_version int NOT NULL,
    requirement text NOT NULL,
    text text NOT NULL,
    published_on date NOT NULL,
    audit uuid NOT NULL,
    n int NOT NULL,
    PRIMARY KEY (audit, n)
);
CREATE TABLE compliance.declared_activity (
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    member text NOT NULL,
    version int NOT NULL,
    figures jsonb NOT NULL,
    PRIMARY KEY (platform, form, period, member)
);
CREATE INDEX declared_activity_of ON compliance.declared_activity (member, form, period);
"""


def upgrade() -> None:
    run_script(_SCRIPT)
