"""Differences and moves by their laws: one version and the difference give the other, moves are differences of sums."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.ingestion.domain.difference import Change, differences
from services.ingestion.domain.filed import Filed, Row, in_columns
from services.ingestion.domain.moves import deltas, moves, quarters_moved
from services.ingestion.tables import differing
from services.ingestion.tables.differing import differ
from services.ingestion.tables.filing import FiledPage
from services.ingestion.tables.packing import packed
from shared.forms import FORMS, Form
from shared.periods import Period
from shared.regions import region_on

ASSISTANCE, MOBILITE = FORMS["assistance-trimestriel"], FORMS["mobilite-trimestriel"]
CASES, SURVEY = FORMS["dossiers-mobilite"], FORMS["satisfaction"]
PERIOD = Period.parse("2005-T2")
MEMBERS = ["CIL01", "CIL02", "CCI03", "CIL05"]
Lines = dict[str, Row]


def columns_of(form: Form) -> tuple[str, ...]:
    return tuple(column.name for column in form.columns)


@st.composite
def versions(draw: Any, form: Form) -> Lines:
    """Lines of a quarterly form by member; a member moves from one département to another between versions too."""
    found: Lines = {}
    for place, member in enumerate(draw(st.lists(st.sampled_from(MEMBERS), unique=True))):
        cells = {
            "member": st.just(member),
            "department": st.sampled_from(["35", "75", "2A", "971"]),
            "count": st.integers(0, 3),
            "amount": st.decimals(0, 10, places=2).map(str),
            "text": st.sampled_from([None, "un mot"]),
        }
        found[member] = [place + 2, *(draw(cells[column.type]) for column in form.columns)]
    return found


def applied(before: Lines, changes: Sequence[Change], form: Form) -> Lines:
    found = dict(before)
    at = columns_of(form).index("organisme") + 1
    for change in changes:
        if change.before is not None:
            assert found.pop(change.before[at]) == change.before
        if change.after is not None:
            found[change.after[at]] = change.after
    return found


def values(lines: Lines) -> dict[str, Row]:
    """Where the file has a line is no part of it."""
    return {member: row[1:] for member, row in lines.items()}


@given(
    st.sampled_from([ASSISTANCE, MOBILITE]).flatmap(
        lambda form: st.tuples(st.just(form), versions(form), versions(form))
    )
)
def test_the_difference_applied_to_the_first_gives_the_second(drawn: tuple[Form, Lines, Lines]) -> None:
    form, before, after = drawn
    changes = list(differences(form, columns_of(form), list(before.values()), list(after.values())))
    assert values(applied(before, changes, form)) == values(after)
    assert {change.kind for change in changes if change.before and change.after} <= {"changed"}
    for change in changes:
        assert change.changed(columns_of(form)) or change.before is None or change.after is None
    swapped = list(differences(form, columns_of(form), list(after.values()), list(before.values())))
    assert Counter(one.kind for one in swapped)["added"] == Counter(one.kind for one in changes)["removed"]


def plain_sums(form: Form, lines: Lines) -> Counter[tuple[str, str, str]]:
    """What each row of the tables of the quarter holds, added up by hand."""
    sums: Counter[tuple[str, str, str]] = Counter()
    names = columns_of(form)
    for row in lines.values():
        line = dict(zip(names, row[1:], strict=True))
        region = region_on(line["departement"], PERIOD.last_day).code
        for level, code in (
            ("member", line["organisme"]), ("region", region), ("platform", "PF01"), ("national", "FR"),
        ):  # fmt: skip
            for measure in form.measures:
                sums[level, code, measure.name] += Decimal(line[measure.name])  # type: ignore[assignment]
    return sums


def filed(form: Form, lines: Lines) -> list[Filed]:
    return [Filed(member, columns_of(form), [row]) for member, row in lines.items()]


@given(
    st.sampled_from([ASSISTANCE, MOBILITE]).flatmap(
        lambda form: st.tuples(st.just(form), versions(form), versions(form))
    ),
    st.sampled_from(["2005-T2", "2005-T3", "2005-T4", "2006-T1"]),
)
def test_moves_are_the_difference_of_plain_sums(drawn: tuple[Form, Lines, Lines], last: str) -> None:
    form, before, after = drawn
    found = moves(deltas(form, PERIOD, "PF01", filed(form, before), filed(form, after)), PERIOD, Period.parse(last))
    was, now = plain_sums(form, before), plain_sums(form, after)
    gaps = {place: now[place] - was[place] for place in {*was, *now} if now[place] != was[place]}
    quarters = {"2005-T2": 1, "2005-T3": 2}.get(last, 3)
    assert [str(one) for one in quarters_moved(PERIOD, Period.parse(last))] == [
        f"2005-T{n}" for n in range(2, 2 + quarters)
    ]
    assert len(found) == len(gaps) * quarters
    for move in found:
        gap = Decimal(gaps[move.level, move.code, move.measure])
        assert (move.quarter, move.ytd) == (gap if move.period == "2005-T2" else Decimal(0), gap)


some_cases = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["O", "N"])).map(list), max_size=12)


@given(some_cases, some_cases)
def test_cases_are_compared_as_multisets(before: list[list[Any]], after: list[list[Any]]) -> None:
    sides = [[[line, *row] for line, row in enumerate(side, start=2)] for side in (before, after)]
    changes = list(differences(CASES, ("a", "b"), *sides))
    was, now = (Counter(tuple(row) for row in side) for side in (before, after))
    came = Counter(tuple(change.after[1:]) for change in changes if change.after)
    went = Counter(tuple(change.before[1:]) for change in changes if change.before)
    assert (came, went) == (now - was, was - now)
    assert {change.kind for change in changes} <= {"added", "removed"}


def pages(member: str, names: Sequence[str], rows: Sequence[Row], size: int = 2) -> list[FiledPage]:
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    return [FiledPage(member, n, len(part), packed([names, part])) for n, part in enumerate(parts, start=1)]


async def test_a_childs_difference_is_the_threads(monkeypatch: Any) -> None:
    names = columns_of(CASES)
    empty = [None] * (len(names) - 1)
    before = pages("CIL01", names, [[n, "CIL01", *empty] for n in range(2, 9)]) + pages(
        "CIL02", names, [[9, "CIL02", *empty]]
    )
    after = pages("CIL01", names, [[n, "CIL01", 5, *empty[1:]] for n in range(2, 6)])
    found = []
    for small in (differing._SMALL_ROWS, 0):
        monkeypatch.setattr(differing, "_SMALL_ROWS", small)
        difference = await differ(CASES, before, after)
        found.append((difference.members, difference.total, difference.some(1, 100), difference.some(3, 2)))
    differing._children().close()
    assert found[0] == found[1]
    members, total, changes, some = found[0]
    assert [(one.member, one.before, one.after, one.added, one.removed) for one in members] == [
        ("CIL01", 7, 4, 4, 7),
        ("CIL02", 1, 0, 0, 1),
    ]
    assert (total, len(changes), changes[2:4]) == (12, 12, some)


async def test_pages_of_a_difference_lose_nothing(monkeypatch: Any) -> None:
    monkeypatch.setattr(differing, "PAGE", 3)
    names = columns_of(CASES)
    after = pages("CIL01", names, [[n, "CIL01", n, *[None] * (len(names) - 2)] for n in range(2, 12)])
    found = await differ(CASES, [], after)
    told = [change.after[0] for change in found.some(1, 1000) if change.after]
    assert told == list(range(2, 12))
    for first in range(1, 12):
        for many in (1, 3, 4):
            some = [change.after[0] for change in found.some(first, many) if change.after]
            assert some == told[first - 1 : first - 1 + many]
    assert [len(page) for page in found.pages()] == [3, 3, 3, 1]


def test_rows_under_the_columns_of_another_time() -> None:
    kept = Filed("CIL01", ("organisme", "gone", "total"), [[2, "CIL01", "x", 5]])
    assert list(in_columns(kept, ("organisme", "total", "new"))) == [[2, "CIL01", 5, None]]


def test_a_key_ignores_case_as_the_rule_on_repeated_lines_does() -> None:
    form = FORMS["partenariats"]
    names = columns_of(form)
    row = [None] * len(names)

    def named(name: str, purpose: str) -> Row:
        cells = dict(zip(names, row, strict=True)) | {"partenaire_nom": name, "objet": purpose}
        return [2, *cells.values()]

    [change] = differences(form, names, [named("Mairie", "a")], [named("MAIRIE", "b")])
    assert (change.kind, change.changed(names)) == ("changed", ["partenaire_nom", "objet"])
