"""What a member or a Plate-forme is situated by: the measures of a service, and ratios of them."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from services.aggregation.domain.figures import Figures
from shared.forms import FORMS, Form
from shared.report.french import typeset


@dataclass(frozen=True, slots=True)
class Indicator:
    """A measure of a form, `above`; or `above` over `below`, both measures of it, times `factor`."""

    key: str
    label: str
    form: str
    above: str
    below: str | None = None
    factor: int = 1

    @property
    def is_ratio(self) -> bool:
        return self.below is not None

    @property
    def is_whole(self) -> bool:
        """Of a count, which has no decimals."""
        return not self.is_ratio and not _scale(self.form, self.above)

    def of(self, figures: Figures) -> Fraction | None:
        """Exact, in the unit that is read; None where there is nothing to divide by."""
        above = self._measure(figures, self.above)
        if self.below is None:
            return above
        below = self._measure(figures, self.below)
        return self.factor * above / below if below else None

    def _measure(self, figures: Figures, name: str) -> Fraction:
        return Fraction(figures[_place(self.form, name)], 10 ** _scale(self.form, name))

    @property
    def definition(self) -> str:
        """What is divided by what, in the words of the form."""
        labels = {column.name: column.label for column in FORMS[self.form].measures}
        hundredfold = f"{self.factor} × " if self.factor != 1 else ""
        return f"{self.label} = {hundredfold}{labels[self.above]} ÷ {labels[self.below or '']}"


@cache
def _place(form: str, name: str) -> int:
    return next(place for place, column in enumerate(FORMS[form].measures) if column.name == name)


@cache
def _scale(form: str, name: str) -> int:
    return FORMS[form].measures[_place(form, name)].scale


_RATIOS = (
    Indicator(
        key="engagements_pour_100_diagnostics",
        label=typeset("Engagements pour 100 diagnostics préalables"),
        form="assistance-trimestriel",
        above="engagements_reciproques",
        below="diagnostics_prealables",
        factor=100,
    ),
    Indicator(
        key="complementaires_pour_100_diagnostics",
        label=typeset("Diagnostics complémentaires pour 100 préalables"),
        form="assistance-trimestriel",
        above="diagnostics_complementaires",
        below="diagnostics_prealables",
        factor=100,
    ),
    Indicator(
        key="montant_par_dossier",
        label=typeset("Montant facturé HT par dossier, en\u00a0€"),
        form="mobilite-trimestriel",
        above="montant_facture_ht",
        below="dossiers_individuels",
    ),
    Indicator(
        key="dossiers_par_entreprise",
        label="Dossiers par entreprise concernée",
        form="mobilite-trimestriel",
        above="dossiers_individuels",
        below="entreprises_concernees",
    ),
)


@cache
def indicators_of(form: Form) -> tuple[Indicator, ...]:
    """The form's measures in their order, then its ratios."""
    measures = (Indicator(column.name, column.label, form.code, column.name) for column in form.measures)
    return (*measures, *(ratio for ratio in _RATIOS if ratio.form == form.code))


def main_indicator(form: Form) -> Indicator:
    """By which the size of a member is told: the first count of its form."""
    return indicators_of(form)[0]
