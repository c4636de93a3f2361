"""Where somebody stands: quartiles as the standard library has them, ranks against every way that things may end."""

import statistics
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from services.aggregation.domain.positioning.distribution import Contender, Field, quartiles, thirds

numbers = st.integers(0, 6).map(Fraction)
exact = numbers.map(lambda value: (value, value))
between = st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(st.fractions(0, 1000), min_size=2, max_size=60))
def test_quartiles_are_those_of_the_standard_library(values: list[Fraction]) -> None:
    found = quartiles(values)
    assert found is not None
    expected = statistics.quantiles(values, n=4, method="inclusive")
    assert [found.first, found.median, found.third] == expected
    assert (found.size, found.left_out) == (len(values), 0)


@given(st.lists(st.integers(0, 1000).map(Fraction), min_size=40, max_size=80))
def test_trimming_leaves_out_as_many_at_each_end(values: list[Fraction]) -> None:
    found = quartiles(values, trimmed=True)
    assert found is not None
    cut = len(values) // 20
    kept = sorted(values)[cut : len(values) - cut]
    assert found.left_out == 2 * cut
    assert [found.first, found.median, found.third] == statistics.quantiles(kept, n=4, method="inclusive")


def test_nothing_has_no_quartiles_and_one_value_is_its_own() -> None:
    assert quartiles([]) is None
    alone = quartiles([Fraction(7)])
    assert alone is not None
    assert {alone.first, alone.median, alone.third} == {Fraction(7)}


@given(st.lists(between, min_size=1, max_size=4))
def test_a_rank_is_from_the_best_to_the_worst_that_may_come(bounds: list[tuple[Fraction, Fraction]]) -> None:
    """Tried out: every contender at each value that it may come to have."""
    field = Field(Contender(str(n), low, high) for n, (low, high) in enumerate(bounds))
    ways = list(product(*({low, high, (low + high) / 2} for low, high in bounds)))
    for n in range(len(bounds)):
        places = {1 + sum(other > way[n] for other in way) for way in ways}
        rank = field.rank(str(n))
        assert rank is not None
        assert (rank.best, rank.worst) == (min(places), max(places))
        assert (rank.least, rank.most) == (len(bounds), len(bounds))


@given(st.lists(exact, min_size=1, max_size=6), st.integers(0, 3), st.integers(0, 3))
def test_who_is_missing_may_stand_anywhere_or_nowhere(
    bounds: list[tuple[Fraction, Fraction]], missing: int, uncertain: int
) -> None:
    contenders = [Contender(str(n), low, high) for n, (low, high) in enumerate(bounds)]
    contenders += [Contender(f"m{n}", Fraction(0), None) for n in range(missing)]
    contenders += [Contender(f"u{n}", Fraction(0), None, certain=False) for n in range(uncertain)]
    field = Field(contenders)
    for n, (value, _) in enumerate(bounds):
        rank = field.rank(str(n))
        above = sum(other > value for other, _ in bounds)
        assert rank is not None
        assert (rank.best, rank.worst) == (1 + above, 1 + above + missing + uncertain)
        assert (rank.least, rank.most) == (len(bounds) + missing, len(bounds) + missing + uncertain)
        assert rank.is_certain == (missing + uncertain == 0)
    assert field.rank("u0") is None
    assert field.rank("nobody") is None


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_thirds_follow_size_and_equals_stay_together(sizes: list[int]) -> None:
    found = thirds([(str(n), size) for n, size in enumerate(sizes)])
    for n, size in enumerate(sizes):
        smaller = sum(other < size for other in sizes)
        assert found[str(n)] == 3 * smaller // len(sizes)
