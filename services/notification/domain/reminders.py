"""What a platform is reminded of, and what UESL is told about who is late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.notification.domain.letters import Draft
from services.notification.domain.words import COLON, GREETING, count, form_title, short_form
from shared.report import french
from shared.report.model import Column, Row, Table


@dataclass(frozen=True, slots=True)
class Owed:
    """A form to be reminded of on a day, and the day of its first acceptance where it is known."""

    platform: str
    form: str
    period: str
    step: int
    day: date
    due: date
    first_accepted_on: date | None
    due_now: date | None = None
    level: int = 1

    @property
    def postponed(self) -> bool:
        """The deadline has been extended since."""
        return self.due_now is not None and self.due_now > self.due

    @property
    def is_moot(self) -> bool:
        return self.arrived or self.postponed

    @property
    def arrived(self) -> bool:
        """Before the day began: what comes on the day itself is still reminded of."""
        return self.first_accepted_on is not None and self.first_accepted_on < self.day

    @property
    def is_known_to_have_come(self) -> bool:
        """Whatever the day."""
        return self.first_accepted_on is not None or self.postponed

    @property
    def reason_before_sending(self) -> str:
        """Why it is left out of a mail that was not sent yet, or not written."""
        if self.postponed:
            return f"échéance prolongée au {self.due_now}"
        return f"accepté le {self.first_accepted_on}, avant l’envoi"

    @property
    def reason(self) -> str:
        """Why it is left out of the mail."""
        if self.arrived:
            return f"accepté le {self.first_accepted_on}, avant le jour du rappel"
        return f"échéance prolongée au {self.due_now}"


@dataclass(frozen=True, slots=True)
class Late:
    """A form that a platform is late with."""

    platform: str
    form: str
    period: str
    due: date


def situation(step: int) -> str:
    """Where a day stands against the due day: « dans 10 jours », « en retard de 3 jours »."""
    if step == 0:
        return "aujourd’hui, avant minuit"
    days = count(abs(step), "jour", "jours")
    return f"dans {days}" if step < 0 else f"en retard de {days}"


def reminder(day: date, owed: Sequence[Owed], platform_name: str, base_url: str) -> Draft:
    """One mail that names all that a platform owes."""
    late = any(form.step > 0 for form in owed)
    forms = count(len(owed), "état trimestriel", "états trimestriels")
    opening = f"À ce jour, {french.day(day)}, aucun fichier n’a été accepté pour ce qui suit."
    return Draft(
        title=f"{'Relance' if late else 'Rappel'}{COLON}{forms} à envoyer",
        paragraphs=(GREETING, f"{platform_name}{COLON}{opening[0].lower()}{opening[1:]}" if platform_name else opening),
        tables=(_owed_table(owed),),
        links=(("Déposer un fichier", f"{base_url}/depots"), ("Voir vos échéances", f"{base_url}/echeances")),
    )


def _owed_table(owed: Sequence[Owed]) -> Table:
    columns = (
        Column(key="form", label="Formulaire"),
        Column(key="period", label="Période"),
        Column(key="due", label="Échéance", kind="date"),
        Column(key="situation", label="Situation"),
    )
    rows = [
        Row(cells=(form_title(form.form), french.period(form.period), form.due, situation(form.step))) for form in owed
    ]
    return Table(key="owed", title="États attendus", columns=columns, rows=rows)


def late_digest(day: date, late: Sequence[Late], names: Mapping[str, str], base_url: str) -> Draft:
    """Everything that is late, for UESL."""
    forms = count(len(late), "état en retard", "états en retard")
    platforms = count(len({form.platform for form in late}), "Plate-forme", "Plates-formes")
    return Draft(
        title=f"Retards au {french.day(day)}{COLON}{forms}",
        paragraphs=(GREETING, f"Au {french.day(day)}, {forms} pour {platforms}."),
        tables=(_late_table(day, late, names),),
        links=(("Voir toutes les échéances", f"{base_url}/echeances"),),
    )


def _late_table(day: date, late: Sequence[Late], names: Mapping[str, str]) -> Table:
    columns = (
        Column(key="platform", label="Plate-forme"),
        Column(key="form", label="Formulaire"),
        Column(key="period", label="Période"),
        Column(key="due", label="Échéance", kind="date"),
        Column(key="days", label="Jours de retard", kind="count"),
    )
    rows = [
        Row(
            cells=(
                f"{names.get(form.platform, '')} ({form.platform})".strip(),
                short_form(form.form),
                french.period(form.period),
                form.due,
                (day - form.due).days,
            )
        )
        for form in late
    ]
    return Table(key="late", title="Qui est en retard", columns=columns, rows=rows)
