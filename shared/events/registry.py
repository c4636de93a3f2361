"""What compliance says on `registry`: each subject with its whole history, and credentials."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared import topics
from shared.events.base import Event
from shared.network import Central, Member, Operator, Platform


class _Recorded(Event):
    topic = topics.REGISTRY

    version: int = Field(ge=1, description="of the registry; an older one never overwrites a newer one")
    removed: bool = False


class CentralRecorded(_Recorded):
    """The central body, as the registry now has it."""

    central: Central

    @property
    def key(self) -> str:
        return "central/UESL"


class PlatformRecorded(_Recorded):
    """A platform with its whole history."""

    platform: Platform

    @property
    def key(self) -> str:
        return f"platform/{self.platform.code}"


class MemberRecorded(_Recorded):
    """A member with its whole history."""

    member: Member

    @property
    def key(self) -> str:
        return f"member/{self.member.code}"


class OperatorRecorded(_Recorded):
    """An operator and the members it works for."""

    operator: Operator

    @property
    def key(self) -> str:
        return f"operator/{self.operator.code}"


class RegistryRecorded(_Recorded):
    """All subjects of that version have been said: the registry can be used."""

    first_period: str

    @property
    def key(self) -> str:
        return "registry/whole"


class SessionEnded(Event):
    """Somebody has signed out: whoever has copied the session's cookie opens nothing with it."""

    topic = topics.REGISTRY

    session: str

    @property
    def key(self) -> str:
        return f"session/{self.session}"


class CredentialIssued(Event):
    """A token was made; only its hash is known. `revoked` says it no longer opens anything.

    Under the role `admin` it stands for a password of the account `name`, and opens only the sessions begun with it.
    Under the role `member` it is the token of that member, which only reads. Under `uesl` and `auditor` it stands for
    an account of UESL's, or of the audit firm `firm`.
    """

    topic = topics.REGISTRY

    credential: UUID
    version: int = 1
    token_sha256: str
    role: Literal["platform", "admin", "member", "uesl", "auditor"]
    platform: str
    name: str
    revoked: bool = False
    member: str = ""
    firm: str = ""

    @property
    def key(self) -> str:
        return f"credential/{self.credential}"
