"""Which cell is asked for: the names by which every figure of every table has its address."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from services.aggregation.domain.group_totals import NATIONAL_CODE
from services.aggregation.domain.lineage import Cell, Span
from services.aggregation.domain.scope import Level
from services.aggregation.web.asked import form_of, scope_of
from shared.network import Network
from shared.web import Problem

_Code = Annotated[str, Query(max_length=100)]


def unknown_cell() -> Problem:
    return Problem(404, "Aucun tableau n’imprime ce chiffre.", code="unknown_cell")


class AskedCell:
    """The parameters of a cell, as the tables name them."""

    def __init__(
        self,
        form: _Code,
        period: _Code,
        measure: Annotated[str, Query(max_length=100, description="la colonne de la mesure")],
        level: Annotated[Level, Query(alias="by")] = "national",
        code: Annotated[str, Query(max_length=100, description="comme dans le tableau long")] = NATIONAL_CODE,
        span: Annotated[Span, Query(description="le trimestre seul, ou depuis le 1er janvier")] = "quarter",
        member: Annotated[
            str | None, Query(max_length=100, description="dans une région ou une Plate-forme, ce seul CIL/CCI")
        ] = None,
        edition: Annotated[
            str | None, Query(max_length=100, description="telle que cette édition l’a imprimée")
        ] = None,
    ) -> None:
        self.form, self.period, self.measure, self.level = form, period, measure, level
        self.code, self.span, self.edition = code, span, edition
        self.member = member or None

    def cell(self, network: Network, period: str | None = None) -> Cell:
        """Of its period, or of another; 404 or 422 where there is no such table."""
        scope = scope_of(network, self.form, period or self.period, self.level)
        if not (measure := next((one for one in scope.form.measures if one.name == self.measure), None)):
            raise Problem(404, "Aucune mesure de ce formulaire ne porte ce nom.", code="unknown_measure")
        if (self.member and self.level not in ("region", "platform")) or (
            self.level == "national" and self.code != NATIONAL_CODE
        ):
            raise unknown_cell()
        return Cell(scope, self.code, measure, self.span, self.member)

    def named(self) -> dict[str, str | None]:
        form_of(self.form)
        return {"form": self.form, "period": self.period, "by": self.level, "code": self.code, "member": self.member,
                "measure": self.measure, "span": self.span, "edition": self.edition}  # fmt: skip

    def query(self, **changes: str | None) -> str:
        """As a link asks for it, some of it changed."""
        return urlencode({name: value for name, value in {**self.named(), **changes}.items() if value is not None})
