"""What UESL may decide about a deadline or a period; what it may not is refused in a French sentence."""

from datetime import date

from services.compliance.domain.extensions import EVERY_PLATFORM
from shared.forms import FORMS, Form
from shared.network import Network
from shared.periods import Period
from shared.report import french


class NotToBeDecided(ValueError):
    """Said to the user: French sentences, one per fault."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _, sentence in faults))
        self.faults = faults


def read_about(network: Network, platform: str, form: str, period: str) -> tuple[Form, Period]:
    """The form and the period named; NotToBeDecided with everything that does not exist."""
    faults: list[tuple[str, str]] = []
    known = FORMS.get(form)
    if known is None:
        faults.append(("form", "Ce formulaire n’existe pas."))
    when = _period(period)
    if when is None or (known and not known.fits(when)):
        faults.append(("period", "Cette période n’existe pas pour ce formulaire, par exemple 2005-T1 ou 2005."))
    elif when.last_day < Period.parse(network.first_period).first_day:
        faults.append(("period", f"Le suivi commence au {french.period(network.first_period)}."))
    if platform != EVERY_PLATFORM and network.platform(platform) is None:
        faults.append(("platform", f"Aucune Plate-forme ne porte le code {platform[:20]}."))
    if faults or known is None or when is None:
        raise NotToBeDecided(faults)
    return known, when


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError:
        return None


def check_reason(reason: str) -> list[tuple[str, str]]:
    return [] if reason.strip() else [("reason", "Le motif manque : il reste avec la décision.")]


def check_extension(form: Form, period: Period, until: date | None, today: date, reason: str) -> None:
    """A due day is only ever moved later than the form's own, and never into the past."""
    faults = check_reason(reason)
    ordinary = form.due(period)
    if until is not None and until <= ordinary:
        faults.append(("until", f"Une prolongation va au-delà de l’échéance, le {french.day(ordinary)}."))
    elif until is not None and until < today:
        faults.append(("until", "Une prolongation ne finit pas dans le passé."))
    if faults:
        raise NotToBeDecided(faults)


def check_reopening(period: Period, until: date | None, today: date, reason: str) -> None:
    faults = check_reason(reason)
    if until is not None and until < today:
        faults.append(("until", "Une réouverture ne finit pas dans le passé."))
    if period.last_day >= today:
        faults.append(("period", "Cette période n’est pas encore ouverte."))
    if faults:
        raise NotToBeDecided(faults)


def check_closing(form: Form, due: date, period: Period, closed_from: date, reason: str) -> None:
    faults = check_reason(reason)
    if closed_from <= due:
        faults.append(("closed_from", f"Une période reste ouverte jusqu’à son échéance, le {french.day(due)}."))
    if faults:
        raise NotToBeDecided(faults)
