"""Comparisons: the rules between the cells of a row, looked at only where the cells they need are right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

Values = Mapping[str, int | Decimal]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rule on one column that needs others; forms that lack one of them do not know the rule."""

    code: str
    column: str
    needs: tuple[str, ...]
    breaks: Callable[[Values], bool]


def has_more_companies_than_cases(values: Values) -> bool:
    return values["entreprises_concernees"] > values["dossiers_individuels"]


def has_amount_without_case(values: Values) -> bool:
    return values["montant_facture_ht"] > 0 and values["dossiers_individuels"] == 0


COMPARISONS = (
    Comparison(
        "more_companies_than_cases",
        "entreprises_concernees",
        ("entreprises_concernees", "dossiers_individuels"),
        has_more_companies_than_cases,
    ),
    Comparison(
        "amount_without_case",
        "montant_facture_ht",
        ("montant_facture_ht", "dossiers_individuels"),
        has_amount_without_case,
    ),
)


def broken_comparisons(values: Values) -> list[Comparison]:
    """Those that these right values break; `values` lacks the cells that are not right."""
    return [
        comparison
        for comparison in COMPARISONS
        if all(name in values for name in comparison.needs) and comparison.breaks(values)
    ]
