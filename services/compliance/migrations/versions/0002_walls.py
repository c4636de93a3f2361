"""What has arrived is walled off by platform; an account's sessions hang on a credential that every room hears of."""

from shared.migrations import run_script

revision = "0002"
down_revision = "0001"

_SCRIPT = """
ALTER TABLE compliance.arrival ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON compliance.arrival
    USING (current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', platform));
ALTER TABLE compliance.account ADD COLUMN credential uuid;
"""


def upgrade() -> None:
    run_script(_SCRIPT)
