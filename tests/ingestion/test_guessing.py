"""Guessing: what a file is, from its columns, its sheet and its name; and where nothing says it, that it is asked."""

import json
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingestion.domain.glances import Glance, glance
from services.ingestion.domain.guessing import Guess, Sender, guess
from services.ingestion.domain.open_periods import open_periods, sender_on
from services.ingestion.domain.spoken_periods import quarter_in, years_in
from services.ingestion.domain.templates import csv_template, template_of
from services.ingestion.web.template_xlsx import render_template
from shared.forms import FORMS, Form
from shared.periods import Period
from tests.ingestion.conftest import golden_network
from tests.ingestion.kinds import WRITERS

NETWORK = golden_network("network-2005").network
DAY = date(2007, 2, 1)
SENDER = sender_on(DAY, "PF01", NETWORK, set())
QUARTERLY = "assistance-trimestriel"
FITTING = st.sampled_from(list(FORMS.values())).flatmap(
    lambda form: st.tuples(st.just(form), st.sampled_from(SENDER.open[form.code]))
)


def seen(content: bytes) -> Glance:
    return glance(BytesIO(content), FORMS.values())


def told(file_name: str, content: bytes = b"", sender: Sender = SENDER, form: Form | None = None) -> Guess:
    return guess(sender, file_name, seen(content), form)


@settings(deadline=None)
@given(place=FITTING, kind=st.sampled_from(["csv", "xlsx"]), keeps_name=st.booleans())
def test_a_file_written_by_our_template_is_recognised(place: tuple[Form, Period], kind: str, keeps_name: bool) -> None:
    form, period = place
    template = template_of(form, period, "PF01", NETWORK)
    content = csv_template(template) if kind == "csv" else render_template(template)
    name = template.file_name(kind) if keeps_name else f"envoi {period.title}.{kind}"
    found = told(name, content)
    assert (found.form, found.period) == (form, period)
    assert form.title in found.form_why and period.title in found.period_why


@settings(deadline=None)
@given(form=st.sampled_from(list(FORMS.values())), kind=st.sampled_from(sorted(WRITERS)), data=st.data())
def test_the_columns_tell_the_form_whatever_the_kind_and_their_order(
    form: Form, kind: str, data: st.DataObject
) -> None:
    names = data.draw(st.permutations([column.name for column in form.columns]))
    content = WRITERS[kind]([f" {name.upper()} " for name in names], [["1"] * len(names)], "Feuille")
    if kind == "openpyxl":  # its first sheet is another
        content = WRITERS[kind](names, [["1"] * len(names)], form.code)
    assert told("sans-nom", content).form == form


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("assistance-trimestriel_PF01_2006-T3.csv", QUARTERLY),
        ("Mobilité 3e trimestre.xlsx", "mobilite-trimestriel"),
        ("dossiers de mobilité.ods", "dossiers-mobilite"),
        ("DOSSIERS ASSISTANCE.json", "dossiers-assistance"),
        ("enquête satisfaction.csv", "satisfaction"),
        ("nos partenaires.csv", "partenariats"),
        ("export.csv", None),
    ],
)
def test_a_name_tells_the_form_where_the_content_does_not(name: str, form: str | None) -> None:
    assert (told(name).form and told(name).form.code) == form  # type: ignore[union-attr]


def test_a_sheet_named_like_a_form_tells_it_and_columns_come_before_names() -> None:
    assert told("a.ods", WRITERS["odfpy"](["organisme"], [["CIL01"]], "satisfaction")).form == FORMS["satisfaction"]
    content = b"organisme;montant_facture_ht\nCIL01;3\n"
    found = told("assistance-trimestriel_PF01_2006-T3.csv", content)
    assert (found.form, found.period) == (FORMS["mobilite-trimestriel"], Period(2006, 3))


@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "written",
    [
        "2005T{n}", "2005-T{n}", "2005_t{n}", "T{n} 2005", "{n}T2005", "Q{n}-2005", "{n}e trimestre 2005",
        "{n}er trim. 2005", "trimestre {n} de 2005", "2005, {n}ème trimestre", "bilan-T{n}.2005 (2)",
    ],
)  # fmt: skip
def test_quarters_are_read_as_people_write_them(written: str, quarter: int) -> None:
    assert quarter_in(f"suivi {written.format(n=quarter)} v2.csv") == Period(2005, quarter)


@pytest.mark.parametrize("text", ["2005", "T1", "T5 2005", "T1 2005 et T2 2005", "lot2005T12", "PFT1 2005", "12005 T1"])
def test_what_is_no_quarter_or_several_is_not_read(text: str) -> None:
    assert quarter_in(text) is None


def test_ranks_in_words_and_years_are_read() -> None:
    assert quarter_in("deuxième trimestre 2005") == Period(2005, 2)
    assert years_in("dossiers 2005, envoyés le 2006-01-12 (réf. 120051)") == [2005, 2006]


def test_a_column_tells_the_period_before_the_name_does() -> None:
    header = "organisme;diagnostics_prealables;Trimestre;Année\n"
    assert told("T1 2006.csv", f"{header}CIL01;1;3;2006\n".encode()).period == Period(2006, 3)
    rows = {"rows": [{"organisme": "CIL01", "diagnostics_prealables": 1, "période": "2006-T2"}]}
    assert told("a.json", json.dumps(rows).encode()).period == Period(2006, 2)


def test_a_year_in_the_name_tells_an_annual_period_and_the_day_of_writing_does_not() -> None:
    form = FORMS["satisfaction"]
    assert told("satisfaction 2005.csv").period == Period(2005)
    assert told("satisfaction 2006 du 12 janvier 2007.csv").period == Period(2006)
    assert told("satisfaction_PF01_2006_bis-2005.csv").period == Period(2006)
    assert told("T3 2006.csv", form=form).period == Period(2006)


def test_a_period_that_is_not_open_is_asked_for() -> None:
    found = told("T4 2009.csv", form=FORMS[QUARTERLY])
    assert found.period is None
    assert "« 4e trimestre 2009 »".replace(" »", "\u00a0»").replace("« ", "«\u00a0") in found.period_why


def test_where_nothing_tells_the_period_it_is_the_oldest_owed_else_the_last_open() -> None:
    form = FORMS[QUARTERLY]
    quarters = [period for period in open_periods(NETWORK.first_period, DAY) if form.fits(period)]
    oldest = next(period for period in reversed(quarters) if NETWORK.owes("PF01", form, period))
    assert told("a.csv", form=form).period == oldest
    accepted = {(QUARTERLY, str(oldest))}
    assert told("a.csv", sender=sender_on(DAY, "PF01", NETWORK, accepted), form=form).period > oldest  # type: ignore[operator]
    all_sent = {(QUARTERLY, str(period)) for period in quarters}
    assert told("a.csv", sender=sender_on(DAY, "PF01", NETWORK, all_sent), form=form).period == quarters[0]


def test_nothing_is_told_of_what_nothing_tells() -> None:
    found = told("export.csv", b"a;b\n1;2\n")
    assert (found.form, found.period, found.period_why) == (None, None, "")
    assert found.form_why.endswith("choisissez-le.")
    assert told("a.csv", sender=Sender("PF01", {}), form=FORMS[QUARTERLY]).period is None


@settings(deadline=None)
@given(content=st.binary(max_size=300), start=st.sampled_from([b"", b"PK\x03\x04", b"{", b"\xd0\xcf\x11\xe0", b'"']))
def test_no_content_is_too_strange_to_look_at(content: bytes, start: bytes) -> None:
    assert isinstance(seen(start + content), Glance)


def test_the_beginning_of_a_long_text_file_is_enough() -> None:
    content = b"organisme;montant_facture_ht\n" + "CIL01;é\n".encode() * 20_000
    assert seen(content[: 64 * 1024]) == seen(content)
    assert seen(content).header == ("organisme", "montant_facture_ht")
    rows = b'{"rows": [{"organisme": "CIL01", "montant_facture_ht": 3}, {"organ'
    assert seen(rows).first == ("CIL01", "3")
