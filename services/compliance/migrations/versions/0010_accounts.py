"""Accounts of people, each of a role and an actor; second factors, lockout, invitations."""

from shared.migrations import run_script

revision = "0010"
down_revision = "0009"

_SCRIPT = """
ALTER TABLE compliance.account DROP CONSTRAINT account_role_check,
    ADD COLUMN platform text NOT NULL DEFAULT '',
    ADD COLUMN member text NOT NULL DEFAULT '',
    ADD COLUMN firm text NOT NULL DEFAULT '',
    ADD COLUMN sealed_secret bytea,
    ADD COLUMN secret_confirmed boolean NOT NULL DEFAULT false,
    ADD COLUMN last_step bigint NOT NULL DEFAULT 0,
    ADD COLUMN closed_at timestamptz,
    ADD CONSTRAINT account_actor CHECK (
        (role = 'platform') = (platform <> '') AND (role = 'member') = (member <> '')
        AND (role = 'auditor') = (firm <> '') AND role IN ('uesl', 'platform', 'member', 'auditor', 'admin'));
COMMENT ON COLUMN compliance.account.last_step IS 'the newest step whose code was taken: no code is taken twice';
CREATE TABLE compliance.account_credential (
    credential uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES compliance.account
);
INSERT INTO compliance.account_credential
    SELECT credential, id FROM compliance.account WHERE credential IS NOT NULL;
CREATE TABLE compliance.recovery_code (
    account uuid NOT NULL REFERENCES compliance.account,
    sha256 text NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (account, sha256)
);
CREATE TABLE compliance.sign_in_failure (
    name_sha256 text PRIMARY KEY,
    failures int NOT NULL CHECK (failures > 0),
    last_at timestamptz NOT NULL
);
COMMENT ON TABLE compliance.sign_in_failure IS 'of any name tried, whether or not there is such an account';
CREATE TABLE compliance.invitation (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    role text NOT NULL,
    platform text NOT NULL,
    member text NOT NULL,
    firm text NOT NULL,
    invited_by text NOT NULL,
    invited_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    withdrawn_at timestamptz
);
"""


def upgrade() -> None:
    run_script(_SCRIPT)
