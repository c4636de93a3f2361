"""Differences that convict, and those that only say that a line may have stood in another région than assumed here."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.cli.recomputation.differences import Difference
from services.cli.recomputation.totals import NO_REGION, Cell, Figures

_NOTHING = Figures(Decimal(0), Decimal(0))


def told_apart(
    found: Sequence[Difference], assumed: Mapping[Cell, Figures]
) -> tuple[list[Difference], list[Difference]]:
    """First what convicts, then what is open.

    Open: the figures of a quarter and measure differ between régions alone, by no more than what lines without a
    written département have there, and what one région lacks the others have. What came from nowhere, is lost, or
    differs at another level convicts.
    """
    together: dict[Cell, list[Difference]] = {}
    for difference in found:
        together.setdefault(_any_region(difference.cell), []).append(difference)
    attached = {_any_region(cell) for cell in assumed}
    is_open = {cell: cell in attached and _is_open(group, assumed) for cell, group in together.items()}
    convicted = [difference for difference in found if not is_open[_any_region(difference.cell)]]
    return convicted, [difference for difference in found if is_open[_any_region(difference.cell)]]


def _any_region(cell: Cell) -> Cell:
    return cell._replace(code=NO_REGION)


def _is_open(differences: Sequence[Difference], assumed: Mapping[Cell, Figures]) -> bool:
    """All of one quarter and measure, at the level of régions."""
    unplaced = assumed.get(_any_region(differences[0].cell), _NOTHING)
    moved = [_moved(difference) for difference in differences]
    if not all(_could_move(*pair, assumed) for pair in zip(differences, moved, strict=True)):
        return False
    quarter, ytd = sum(move.quarter for move in moved), sum(move.ytd for move in moved)
    return 0 <= quarter <= unplaced.quarter and 0 <= ytd <= unplaced.ytd


def _could_move(difference: Difference, moved: Figures, assumed: Mapping[Cell, Figures]) -> bool:
    """A région may gain; it may lose what is only assumed to be there."""
    if difference.shown is None and difference.cell not in assumed:
        return False
    most = assumed.get(difference.cell, _NOTHING)
    return -moved.quarter <= most.quarter and -moved.ytd <= most.ytd


def _moved(difference: Difference) -> Figures:
    """By how much more is shown than recomputed."""
    shown, recomputed = difference.shown or _NOTHING, difference.recomputed or _NOTHING
    return Figures(shown.quarter - recomputed.quarter, shown.ytd - recomputed.ytd)
