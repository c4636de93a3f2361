"""Comparisons: the rules between the cells of a row, looked at only where the cells they need are right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.ingestion.domain.cells import Broken
from shared.forms import Column, Form
from shared.report import french

Row = Mapping[str, Any]

_GRADES = ("tres_satisfait", "satisfait", "peu_satisfait", "pas_satisfait")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A rule on one column that needs others; forms that lack one of them do not know the rule.

    code: what it refuses with; told: what holds where it is kept, in French.
    """

    column: str
    needs: tuple[str, ...]
    breaks: Callable[[Row], Broken | None]
    code: str
    told: str


def has_more_companies_than_cases(row: Row) -> Broken | None:
    more = row["entreprises_concernees"] > row["dossiers_individuels"]
    return Broken("more_companies_than_cases") if more else None


def has_amount_without_case(row: Row) -> Broken | None:
    without = row["montant_facture_ht"] > 0 and row["dossiers_individuels"] == 0
    return Broken("amount_without_case") if without else None


def has_total_mismatch(row: Row) -> Broken | None:
    total = sum(row[grade] for grade in _GRADES)
    return Broken("total_mismatch", {"expected": french.number(total)}) if row["total"] != total else None


def has_more_answers_than_services(row: Row) -> Broken | None:
    if row["total"] <= row["prestations_realisees"]:
        return None
    return Broken("more_answers_than_services", {"expected": french.number(row["prestations_realisees"])})


_OF_MEASURES = (
    Comparison(
        "entreprises_concernees",
        ("entreprises_concernees", "dossiers_individuels"),
        has_more_companies_than_cases,
        "more_companies_than_cases",
        "« entreprises_concernees » ne dépasse pas « dossiers_individuels ».",
    ),
    Comparison(
        "montant_facture_ht",
        ("montant_facture_ht", "dossiers_individuels"),
        has_amount_without_case,
        "amount_without_case",
        "« montant_facture_ht » est 0 si « dossiers_individuels » est 0.",
    ),
    Comparison(
        "total",
        ("total", *_GRADES),
        has_total_mismatch,
        "total_mismatch",
        f"« total » est la somme de {', '.join(f'« {grade} »' for grade in _GRADES)}.",
    ),
    Comparison(
        "total",
        ("total", "prestations_realisees"),
        has_more_answers_than_services,
        "more_answers_than_services",
        "« total » ne dépasse pas « prestations_realisees ».",
    ),
)


def comparisons_of(form: Form) -> Sequence[Comparison]:
    """Those of the form, in the order in which the first that a cell breaks is said."""
    described = [one for column in form.columns for one in _described(form, column)]
    return [*described, *(one for one in _OF_MEASURES if all(name in form.by_name for name in one.needs))]


def _described(form: Form, column: Column) -> list[Comparison]:
    found = []
    if column.required_where:
        found.append(_required_where(column, column.required_where.column, column.required_where.is_))
    if column.codes_by:
        found.append(_codes_by(form, column, column.codes_by.column, column.codes_by.lists))
    if column.at_most:
        found.append(_at_most(column, column.at_most))
    return found


def _required_where(column: Column, other: str, is_: str) -> Comparison:
    missing = Broken("missing_value", {"expected": f"une valeur, puisque « {other} » est {is_}"})

    def breaks(row: Row) -> Broken | None:
        return missing if row[column.name] is None and row[other] == is_ else None

    told = f"« {column.name} » est à remplir si « {other} » est {is_}."
    return Comparison(column.name, (column.name, other), breaks, "missing_value", told)


def _codes_by(form: Form, column: Column, other: str, lists: Mapping[str, str]) -> Comparison:
    def breaks(row: Row) -> Broken | None:
        codes = form.codes[lists[row[other]]]
        return None if row[column.name] in codes else Broken("unknown_code", {"expected": ", ".join(codes)})

    told = f"Les codes de « {column.name} » dépendent de « {other} »."
    return Comparison(column.name, (column.name, other), breaks, "unknown_code", told)


def _at_most(column: Column, other: str) -> Comparison:
    def breaks(row: Row) -> Broken | None:
        if row[column.name] <= row[other]:
            return None
        return Broken("out_of_bounds", {"minimum": french.number(column.minimum), "maximum": french.number(row[other])})

    told = f"« {column.name} » ne dépasse pas « {other} »."
    return Comparison(column.name, (column.name, other), breaks, "out_of_bounds", told)
