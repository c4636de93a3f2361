"""A change of the registry says why it was made."""

from shared.migrations import run_script

revision = "0005"
down_revision = "0004"

_SCRIPT = """
ALTER TABLE compliance.registry_version ADD COLUMN reason text NOT NULL DEFAULT '';
CREATE INDEX registry_version_recorded ON compliance.registry_version (recorded_at, version);
REVOKE UPDATE, DELETE, TRUNCATE ON compliance.registry_version, compliance.registry_history FROM pilotage_compliance;
"""


def upgrade() -> None:
    run_script(_SCRIPT)
