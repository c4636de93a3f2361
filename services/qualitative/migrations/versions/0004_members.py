"""Members have tokens too."""

from shared.migrations import run_script
from shared.plumbing import MEMBER_OF_CREDENTIAL

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_script(MEMBER_OF_CREDENTIAL.format(schema="qualitative"))
