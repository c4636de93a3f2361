"""The rules of quality as data: their French sentences, and the settings in force for a period and a day of sending."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from shared.periods import Period
from shared.report.french import typeset

Needs = Literal["file", "history", "network"]


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Setting(_Described):
    """How a rule looks at a form; dates are inclusive, None = open.

    columns: what is looked at; per: by which column an amount is counted; compared: the form compared with.
    """

    form: str
    from_period: str | None = None
    to_period: str | None = None
    sent_from: date | None = None
    sent_to: date | None = None
    columns: tuple[str, ...] = ()
    per: Mapping[str, str] = {}
    compared: str | None = None
    thresholds: Mapping[str, float] = {}

    def holds(self, form: str, period: Period, sent_on: date) -> bool:
        return (
            self.form == form
            and (self.from_period is None or Period.parse(self.from_period) <= period)
            and (self.to_period is None or period <= Period.parse(self.to_period))
            and (self.sent_from is None or self.sent_from <= sent_on)
            and (self.sent_to is None or sent_on <= self.sent_to)
        )

    def whole(self, name: str) -> int:
        return int(self.thresholds[name])


class Rule(_Described):
    """A rule in French: its title, what was found, what is usual, and the place of the text it comes from."""

    code: str
    title: str
    found: str
    usual: str
    source: str
    needs: Needs = "file"
    settings: tuple[Setting, ...]

    def setting(self, form: str, period: Period, sent_on: date) -> Setting | None:
        """In force for that period and that day; None where the rule does not look at the form."""
        return next((one for one in self.settings if one.holds(form, period, sent_on)), None)


@cache
def _load() -> dict[str, Rule]:
    text = files("services.ingestion.domain.warnings").joinpath("rules.yaml").read_text(encoding="utf-8")
    rules = [Rule.model_validate({**raw, **_typeset(raw)}) for raw in yaml.safe_load(text)]
    return {rule.code: rule for rule in rules}


def _typeset(raw: Mapping[str, object]) -> dict[str, str]:
    return {name: typeset(str(raw[name])) for name in ("title", "found", "usual", "source")}


RULES: dict[str, Rule] = _load()
