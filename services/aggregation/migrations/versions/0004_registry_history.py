"""Every version of the registry's subjects is kept, and with each edition that of the one it was made with."""

from shared.migrations import run_script
from shared.plumbing import REGISTRY_HISTORY

revision = "0004"
down_revision = "0003"

# 0: made before versions were noted.
_EDITIONS = "ALTER TABLE aggregation.edition ADD COLUMN registry_version int NOT NULL DEFAULT 0;\n"


def upgrade() -> None:
    run_script(REGISTRY_HISTORY.format(schema="aggregation"))
    run_script(_EDITIONS)
