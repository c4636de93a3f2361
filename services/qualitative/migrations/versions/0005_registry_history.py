"""Every version of the registry's subjects is kept."""

from shared.migrations import run_script
from shared.plumbing import REGISTRY_HISTORY

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_script(REGISTRY_HISTORY.format(schema="qualitative"))
