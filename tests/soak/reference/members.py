"""Members, by the registry's own JSON: who belongs where on the last day of the period."""

from collections.abc import Iterable
from datetime import date
from typing import Any


class Registry:
    """As one platform sees it on a day."""

    def __init__(self, document: dict[str, Any], platform: str, day: date) -> None:
        self._platform, self._day = platform, day.isoformat()
        self._members = {member["code"]: member for member in document["members"]}

    def code_of(self, written: str) -> str | None:
        code = written.strip().upper()
        return code if code in self._members else None

    def _held(self, spans: Iterable[dict[str, Any]], service: str) -> dict[str, Any] | None:
        return next(
            (
                span
                for span in spans
                if span["service"] == service
                and span["from"] <= self._day
                and (span["to"] is None or self._day <= span["to"])
            ),
            None,
        )

    def fault_of(self, code: str, service: str) -> str | None:
        member = self._members[code]
        belongs = self._held(member["memberships"], service)
        if belongs is None or belongs["platform"] != self._platform:
            return "foreign_member"
        return "delegated_member" if self._held(member["delegations"], service) else None

    def department_of(self, code: str) -> str:
        return str(self._members[code]["department"])
