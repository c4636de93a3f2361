"""The forms as data: what a platform sends, column by column (`docs/` and the exchange format name their source)."""

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from shared.periods import Period

ColumnType = Literal["member", "department", "count", "amount", "text"]


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Described):
    """One column of a form. Bounds are inclusive; an `amount` is in euros with two decimals."""

    name: str
    label: str
    type: ColumnType
    required: bool = True
    minimum: Decimal = Decimal(0)
    maximum: Decimal = Decimal(9_999_999)
    measure: bool = False
    note: str | None = None

    @property
    def scale(self) -> int:
        """Decimals kept: 2 for euros, 0 for counts."""
        return 2 if self.type == "amount" else 0


class Form(_Described):
    """A form: who reports what, and by when."""

    code: str
    title: str
    service_title: str
    kind: Literal["quarterly", "annual"]
    services: tuple[str, ...]
    due_days: int = Field(gt=0)
    columns: tuple[Column, ...]
    source: str

    @property
    def measures(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.measure)

    def due(self, period: Period) -> date:
        """Last day on which it is on time, until 23:59:59 in Paris."""
        return period.last_day + timedelta(days=self.due_days)

    def fits(self, period: Period) -> bool:
        return period.is_annual == (self.kind == "annual")


@cache
def _load() -> dict[str, Form]:
    folder = files("shared.forms")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)
    forms = [Form.model_validate(yaml.safe_load(entry.read_text(encoding="utf-8"))) for entry in found]
    return {form.code: form for form in forms}


FORMS: dict[str, Form] = _load()
# Named by the exchange format, built by a later version: not in force, so they owe nothing.
FORMS_TO_COME = ("satisfaction", "dossiers-assistance", "dossiers-mobilite", "partenariats")
