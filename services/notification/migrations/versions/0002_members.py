"""Members have tokens too."""

from shared.migrations import run_script
from shared.plumbing import MEMBER_OF_CREDENTIAL

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script(MEMBER_OF_CREDENTIAL.format(schema="notification"))
