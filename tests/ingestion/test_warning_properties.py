"""What holds of quality warnings for any figures: they change no verdict, and proportions alone make them."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingestion.domain import Line
from services.ingestion.domain.warnings import History, Reported, evaluate
from services.ingestion.domain.warnings.bands import Band, band_of_rates, rough
from shared.forms import FORMS
from shared.network import Network
from shared.periods import Period, periods_before
from tests.shared.networks import small_network

FORM = FORMS["assistance-trimestriel"]
NETWORK = Network.model_validate(small_network())
QUARTER = Period(2008, 1)
COUNT = st.integers(0, 3_000)
PAST = st.lists(COUNT, min_size=3, max_size=8)


def codes(value: int, past: list[int]) -> set[str]:
    """What is said of one member's diagnoses, and of nothing else."""
    values = {"diagnostics_prealables": value, "engagements_reciproques": 0, "diagnostics_complementaires": 0}
    quarters = periods_before(QUARTER, len(past))
    known = {quarter: {**values, "diagnostics_prealables": n} for quarter, n in zip(quarters, past, strict=True)}
    lines = [Line(n, member, "35", {**values}) for n, member in enumerate(("CIL01", "CIL02", "CCI03"), start=2)]
    history = History({"CIL01": known})
    found = evaluate(Reported(FORM, QUARTER, "PF01", date(2008, 4, 5), NETWORK, lines, {}, history))
    return {one.code for one in found.warnings}


@given(value=COUNT, quarters=st.integers(0, 8))
def test_a_constant_history_is_usual(value: int, quarters: int) -> None:
    assert codes(value, [value] * quarters) == set()


@given(value=COUNT.filter(bool), past=PAST, factor=st.sampled_from([4, 9, 16, 100]))
def test_what_is_said_of_small_counts_is_said_of_large_ones(value: int, past: list[int], factor: int) -> None:
    """A larger count moves less by chance: the same proportions cannot become more usual."""
    if codes(value, past) == {"large_variation"}:
        assert codes(value * factor, [n * factor for n in past]) == {"large_variation"}


@given(value=COUNT.filter(bool), past=st.lists(st.integers(100, 3_000), min_size=3, max_size=8))
def test_of_large_counts_the_scale_says_nothing(value: int, past: list[int]) -> None:
    """From about a hundred on it is the proportions alone that count."""
    assert codes(value, past) == codes(value * 4, [n * 4 for n in past])


@given(past=PAST, first=COUNT.filter(bool), second=COUNT.filter(bool))
def test_what_lies_between_usual_figures_is_usual(past: list[int], first: int, second: int) -> None:
    if codes(first, past) == codes(second, past) == set():
        assert codes((first + second) // 2, past) == set()


@given(past=PAST, value=COUNT)
def test_the_order_of_the_past_does_not_matter(past: list[int], value: int) -> None:
    assert codes(value, past) == codes(value, sorted(past))


@given(rates=st.lists(st.floats(0.01, 1e6), min_size=20, max_size=60), factor=st.sampled_from([0.01, 3.0, 1000.0]))
def test_rates_have_no_scale(rates: list[float], factor: float) -> None:
    one, other = band_of_rates(rates, 4, 0.15), band_of_rates([rate * factor for rate in rates], 4, 0.15)
    assert abs(other.low / one.low / factor - 1) < 1e-6
    assert abs(other.high / one.high / factor - 1) < 1e-6


@given(low=st.floats(0.001, 1e6), wider=st.floats(1, 1e3))
def test_a_rough_band_is_wider_and_has_two_figures(low: float, wider: float) -> None:
    exact = Band(low, low * wider)
    told = rough(exact)
    assert told.low <= exact.low * (1 + 1e-9)
    assert told.high >= exact.high * (1 - 1e-9)
    assert all(len(f"{bound:.10e}".split("e")[0].rstrip("0").replace(".", "")) <= 2 for bound in (told.low, told.high))


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["CIL-001", "CIL-013", "CIL-025", "CIL-002", ""]),
            *[st.sampled_from(["0", "3", "900", "x"])] * 3,
        ),
        max_size=4,
    )
)
@settings(deadline=None)
def test_warnings_change_no_verdict(judge_file: Any, network: Network, rows: list[tuple[str, ...]]) -> None:
    """They are looked for in what is accepted, and leave it as it was found."""
    header = "organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires"
    content = "\n".join([header, *(";".join(row) for row in rows)])
    judgement = judge_file(content)
    outcome, lines = judgement.outcome, judgement.lines
    evaluate(Reported(FORM, Period(2005, 2), "PF01", date(2005, 7, 10), network, lines, outcome.cases, History()))
    assert judge_file(content) == judgement
    assert (judgement.outcome, judgement.lines) == (outcome, lines)
