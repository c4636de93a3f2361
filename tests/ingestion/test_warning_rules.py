"""Each quality warning alone: a right file with one thing in it worth a question, and none that ever refuses it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from services.ingestion.domain import Asked, Line, judge
from services.ingestion.domain.case_counts import CaseCount
from services.ingestion.domain.warnings import RULES, History, QualityWarning, Reported, evaluate, needed_history
from services.ingestion.domain.warnings.catalogue import Setting
from services.ingestion.domain.warnings.reported import Figures
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period, periods_before
from tests.shared.networks import small_network

NETWORK = Network.model_validate(small_network())
ASSISTANCE, MOBILITE = "assistance-trimestriel", "mobilite-trimestriel"
QUARTER = Period(2006, 1)
Row = tuple[str, dict[str, int]]


def figures(form: str, *values: int) -> dict[str, int]:
    return dict(zip((column.name for column in FORMS[form].measures), values, strict=True))


def table(form: str, *rows: tuple[str, Sequence[int]]) -> bytes:
    """A file as it is sent; PF01's members without a row of their own report what is usual of them."""
    given = dict(rows)
    usual = (20, 10, 5) if form == ASSISTANCE else (20, 10, 30_000)
    members = ["CIL01", "CIL02", "CCI03"] if form == ASSISTANCE else ["CIL01", "CIL02"]
    header = ";".join(["organisme", *(column.name for column in FORMS[form].measures)])
    written = [";".join([member, *map(str, given.get(member, usual))]) for member in members if given.get(member) != ()]
    return "\n".join([header, *written, ""]).encode()


def past_of(form: str, *values: Sequence[int], members: Sequence[str] = ("CIL01",)) -> History:
    """The quarters before, the newest first."""
    quarters = periods_before(QUARTER, len(values))
    past = {quarter: figures(form, *row) for quarter, row in zip(quarters, values, strict=True)}
    return History(dict.fromkeys(members, past))


def raised(content: bytes, form: str, period: Period = QUARTER, history: History | None = None) -> Any:
    """What is said of a file of PF01 that is accepted, whatever is said of it."""
    sent = date(2007, 1, 20)
    judgement = judge(content, Asked(FORMS[form], str(period), "PF01", NETWORK, sent))
    assert judgement.verdict == "accepted", judgement.errors
    cases = judgement.outcome.cases
    return evaluate(Reported(FORMS[form], period, "PF01", sent, NETWORK, judgement.lines, cases, history or History()))


def where(warnings: Sequence[QualityWarning]) -> list[tuple[str, str, int | None, str | None]]:
    return [(one.code, one.member, one.line, one.column) for one in warnings]


def cases(form: str, *rows: dict[str, str]) -> bytes:
    columns = [column for column in FORMS[form].columns if column.required]
    plain = {"organisme": "CIL01", "ressources_nettes_mensuelles": "1500", "personnes_foyer": "3", "revenus_foyer": "1",
             "age": "40", "type_contrat": "1", "csp": "5", "code_postal": "75011", "code_postal_depart": "75011",
             "code_postal_arrivee": "69003", "situation": "1", "nature_mutation": "1"}  # fmt: skip
    lines = [";".join(row.get(column.name, plain.get(column.name, "N")) for column in columns) for row in rows]
    return "\n".join([";".join(column.name for column in columns), *lines, ""]).encode()


@pytest.mark.parametrize("form", [ASSISTANCE, MOBILITE])
def test_nothing_is_said_of_a_usual_file(form: str) -> None:
    usual = (20, 10, 5) if form == ASSISTANCE else (20, 10, 30_000)
    found = raised(table(form), form, history=past_of(form, *[usual] * 8, members=("CIL01", "CIL02", "CCI03")))
    assert (found.warnings, found.not_evaluated) == ((), ())


def test_missing_member() -> None:
    found = raised(table(ASSISTANCE, ("CIL02", ())), ASSISTANCE)
    assert where(found.warnings) == [("missing_member", "CIL02", None, "organisme")]
    assert "CIL02 réalise le service et n’a pas de ligne." in found.warnings[0].message


def test_who_has_entrusted_the_service_is_not_missing() -> None:
    delegation = [{"service": "assistance", "member": "CIL01", "from": "2006-01-01", "to": None}]
    document = small_network()
    document["members"][1]["delegations"] = delegation
    network = Network.model_validate(document)
    lines = [Line(2, "CIL01", "35", {**figures(ASSISTANCE, 1, 1, 1)})]
    lines.append(Line(3, "CCI03", "35", {**figures(ASSISTANCE, 1, 1, 1)}))
    reported = Reported(FORMS[ASSISTANCE], QUARTER, "PF01", date(2006, 4, 5), network, lines)
    assert evaluate(reported).warnings == ()


def test_nobody_is_missing_where_nothing_is_to_report() -> None:
    header = ";".join(column.name for column in FORMS["satisfaction"].columns)
    assert raised(header.encode(), "satisfaction", Period(2005)).warnings == ()
    rows = [f"CIL01;assistance;{item};9;4;1;1;1;1" for item in ("accueil", "diagnostic", "solutions", "reactivite")]
    found = raised("\n".join([header, *rows]).encode(), "satisfaction", Period(2005))
    missing = [("missing_member", member, None, "organisme") for member in ("CIL02", "CCI03")]
    assert where(found.warnings) == missing


def test_zero_after_activity() -> None:
    content = table(ASSISTANCE, ("CIL01", (20, 0, 5)))
    found = raised(content, ASSISTANCE, history=past_of(ASSISTANCE, (20, 12, 5), (18, 9, 5), (22, 11, 5)))
    assert where(found.warnings) == [("zero_after_activity", "CIL01", 2, "engagements_reciproques")]
    assert "11 par trimestre (médiane de ses 3 derniers" in found.warnings[0].message


def test_a_line_of_zeros_is_said_once() -> None:
    content = table(ASSISTANCE, ("CIL01", (0, 0, 0)))
    found = raised(content, ASSISTANCE, history=past_of(ASSISTANCE, *[(20, 12, 9)] * 4))
    assert where(found.warnings) == [("zero_after_activity", "CIL01", 2, "diagnostics_prealables")]


@pytest.mark.parametrize(
    ("form", "row", "past", "column"),
    [
        (ASSISTANCE, (90, 10, 5), [(20, 10, 5), (24, 9, 4), (19, 10, 6)], "diagnostics_prealables"),
        (ASSISTANCE, (20, 10, 5), [(120, 10, 5), (124, 9, 4), (119, 10, 6)], "diagnostics_prealables"),
        (MOBILITE, (20, 10, 300_000), [(20, 10, 30_000), (21, 10, 31_000), (19, 9, 29_000)], "montant_facture_ht"),
        (MOBILITE, (20, 10, 300), [(20, 10, 30_000), (21, 10, 31_000), (19, 9, 29_000)], "montant_facture_ht"),
    ],
)
def test_large_variation(form: str, row: tuple[int, ...], past: list[tuple[int, ...]], column: str) -> None:
    found = raised(table(form, ("CIL01", row)), form, history=past_of(form, *past))
    assert where(found.warnings) == [("large_variation", "CIL01", 2, column)]
    assert "ses 3 derniers trimestres connus" in found.warnings[0].message


@pytest.mark.parametrize("past", [[(1, 0, 0), (3, 1, 0), (0, 0, 0)], [(2, 2, 2), (1, 1, 1), (4, 3, 2), (0, 0, 0)]])
def test_small_counts_may_move(past: list[tuple[int, ...]]) -> None:
    for row in ((0, 0, 0), (4, 2, 1), (6, 1, 0)):
        assert raised(table(ASSISTANCE, ("CIL01", row)), ASSISTANCE, history=past_of(ASSISTANCE, *past)).warnings == ()


def test_two_quarters_are_too_few_to_tell() -> None:
    for row in ((500, 10, 5), (0, 0, 0)):
        history = past_of(ASSISTANCE, (20, 10, 5), (20, 10, 5))
        assert raised(table(ASSISTANCE, ("CIL01", row)), ASSISTANCE, history=history).warnings == ()


def test_what_is_longer_ago_than_eight_quarters_is_not_looked_at() -> None:
    long_ago = {quarter: figures(ASSISTANCE, 500, 10, 5) for quarter in periods_before(QUARTER, 20)[8:]}
    assert raised(table(ASSISTANCE), ASSISTANCE, history=History({"CIL01": long_ago})).warnings == ()


def test_more_commitments_than_diagnoses() -> None:
    found = raised(table(ASSISTANCE, ("CIL02", (20, 21, 5))), ASSISTANCE)
    assert where(found.warnings) == [("more_commitments_than_diagnoses", "CIL02", 3, "engagements_reciproques")]
    assert "21 engagements réciproques pour 20 diagnostics préalables" in found.warnings[0].message


def test_no_amount_with_cases() -> None:
    found = raised(table(MOBILITE, ("CIL02", (2, 1, 0))), MOBILITE)
    assert where(found.warnings) == [("no_amount_with_cases", "CIL02", 3, "montant_facture_ht")]


@pytest.mark.parametrize("form", ["dossiers-assistance", "dossiers-mobilite"])
def test_no_service(form: str) -> None:
    flag = "produit_loca_pass" if form == "dossiers-assistance" else "hors_charte"
    served: dict[str, str] = {flag: "O"}
    bare: dict[str, str] = {}
    found = raised(cases(form, served, bare, served, bare), form, Period(2005))
    assert where(found.warnings) == [("no_service", "CIL01", 3, None)]
    assert "2\u00a0dossiers sans aucun service apporté (lignes 3, 5)" in found.warnings[0].message
    assert "75011" not in found.warnings[0].message


def test_many_cases_without_service_are_counted_and_the_first_twenty_named() -> None:
    found = raised(cases("dossiers-mobilite", *[{}] * 30), "dossiers-mobilite", Period(2005))
    numbers = ", ".join(str(line) for line in range(2, 22))
    assert f"30\u00a0dossiers sans aucun service apporté (lignes {numbers}, …)" in found.warnings[0].message


def year_of(form: str, total: int) -> History:
    """Four quarters that together hold `total` commitments, or cases."""
    quarter = figures(form, *((total // 4, 0, 0) if form == MOBILITE else (total, total // 4, 0)))
    past = {Period(2005, n): quarter for n in (1, 2, 3, 4)}
    return History({"CIL01": past})


@pytest.mark.parametrize(("total", "many", "is_said"), [(400, 40, True), (12, 130, True), (400, 300, False),
                                                        (8, 1, False), (400, 0, True), (0, 0, False)])  # fmt: skip
@pytest.mark.parametrize("form", ["dossiers-assistance", "dossiers-mobilite"])
def test_volume_mismatch(form: str, total: int, many: int, is_said: bool) -> None:
    quarterly = ASSISTANCE if "assistance" in form else MOBILITE
    flag = {"diagnostic_prealable": "O", "entretien_famille": "O"}
    found = raised(cases(form, *[flag] * many), form, Period(2005), year_of(quarterly, total))
    expected = [("volume_mismatch", "CIL01", None, None)] if is_said else []
    assert where(found.warnings) == expected


def test_a_year_that_is_not_whole_is_not_compared() -> None:
    history = year_of(ASSISTANCE, 400)
    past = dict(list(history.past["CIL01"].items())[:3])
    content = cases("dossiers-assistance", {"diagnostic_prealable": "O"})
    assert raised(content, "dossiers-assistance", Period(2005), History({"CIL01": past})).warnings == ()


def others(*rates: int) -> History:
    lines: list[Figures] = [figures(MOBILITE, 10, 5, rate * 10) for rate in rates]
    return History({}, lines)


def test_outlier() -> None:
    network = others(*range(1_000, 2_000, 37))
    found = raised(table(MOBILITE, ("CIL02", (10, 5, 200_000))), MOBILITE, history=network)
    assert where(found.warnings) == [("outlier", "CIL02", 3, "montant_facture_ht")]
    assert "20\u202f000,00\u00a0€ par dossier, pour 10\u00a0dossiers" in found.warnings[0].message


def test_an_outlier_is_told_nobodys_figure() -> None:
    rates = [1_234] * 30
    found = raised(table(MOBILITE, ("CIL02", (10, 5, 200_000))), MOBILITE, history=others(*rates))
    assert "1\u202f234" not in found.warnings[0].message
    assert "entre 670,00\u00a0€ et 2\u202f300,00\u00a0€ dans le réseau" in found.warnings[0].message


@pytest.mark.parametrize("row", [(2, 1, 100_000), (10, 5, 15_000), (0, 0, 0)])
def test_too_few_cases_and_usual_amounts_are_no_outliers(row: tuple[int, ...]) -> None:
    assert raised(table(MOBILITE, ("CIL02", row)), MOBILITE, history=others(*range(1_000, 2_000, 37))).warnings == ()


def test_a_network_too_small_to_tell() -> None:
    content = table(MOBILITE, ("CIL02", (10, 5, 200_000)))
    assert raised(content, MOBILITE, history=others(*[1_500] * 19)).warnings == ()


def test_every_rule_has_been_raised_alone() -> None:
    """The rules of the format are those tried above."""
    tried = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert set(RULES) == {
        "missing_member", "large_variation", "zero_after_activity", "more_commitments_than_diagnoses",
        "no_amount_with_cases", "no_service", "volume_mismatch", "outlier",
    }  # fmt: skip
    assert set(RULES) <= tried


@pytest.mark.parametrize("form", list(FORMS))
def test_without_history_what_needs_it_is_not_evaluated(form: str) -> None:
    period = Period(2005) if FORMS[form].kind == "annual" else QUARTER
    found = evaluate(Reported(FORMS[form], period, "PF01", date(2006, 4, 5), NETWORK))
    assert found.not_evaluated == ("large_variation", "outlier", "volume_mismatch", "zero_after_activity")


def test_what_must_be_read_follows_from_the_rules_in_force() -> None:
    needed = needed_history(FORMS[MOBILITE], QUARTER, date(2006, 4, 5))
    assert (needed.form, len(needed.periods), len(needed.network)) == (MOBILITE, 8, 4)
    assert QUARTER in needed.network
    assert QUARTER not in needed.periods
    annual = needed_history(FORMS["dossiers-assistance"], Period(2005), date(2006, 1, 5))
    assert annual.form == ASSISTANCE
    assert [str(period) for period in annual.periods] == ["2005-T1", "2005-T2", "2005-T3", "2005-T4"]
    assert needed_history(FORMS["partenariats"], Period(2005), date(2006, 1, 5)).periods == ()


def test_a_setting_holds_between_its_dates() -> None:
    setting = Setting(
        form=ASSISTANCE,
        from_period="2005-T2",
        to_period="2005-T4",
        sent_from=date(2005, 7, 2),
        sent_to=date(2006, 1, 5),
    )
    held = [n for n in (1, 2, 3, 4) if setting.holds(ASSISTANCE, Period(2005, n), date(2005, 12, 1))]
    assert held == [2, 3, 4]
    days = [date(2005, 7, 1), date(2005, 7, 2), date(2006, 1, 5), date(2006, 1, 6)]
    assert [setting.holds(ASSISTANCE, Period(2005, 2), day) for day in days] == [False, True, True, False]
    assert not setting.holds(MOBILITE, Period(2005, 2), date(2005, 12, 1))


def test_case_counts_do_not_grow_with_the_file() -> None:
    content = cases("dossiers-mobilite", *[{}] * 25, *[{"organisme": "CIL02", "hors_charte": "O"}] * 3)
    judgement = judge(content, Asked(FORMS["dossiers-mobilite"], "2005", "PF01", NETWORK, date(2006, 1, 5)))
    assert judgement.outcome.cases == {"CIL01": CaseCount(25, 25, tuple(range(2, 22))), "CIL02": CaseCount(3)}
