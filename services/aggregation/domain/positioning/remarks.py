"""What a positioning sheet says in words: what is missing, for whom one performs, and how everything is counted."""

from collections.abc import Iterator

from services.aggregation.domain.layout import COUNTED_AGAIN_NOTE
from services.aggregation.domain.names import Names
from services.aggregation.domain.positioning.groups import SIZES
from services.aggregation.domain.positioning.indicators import indicators_of, main_indicator
from services.aggregation.domain.positioning.sheet import ServiceSheet, Sheet
from shared.network import Network
from shared.report import french
from shared.report.french import typeset

QUARTILES = typeset(
    "Médiane et quartiles : interpolation linéaire entre les rangs les plus proches, comme les quartiles inclusifs des "
    "tableurs, sur les valeurs reçues. Rang : 1er pour la valeur la plus élevée, les ex æquo au meilleur rang ; tant "
    "que des lignes manquent, il va du meilleur au moins bon rang possible, où que se placent celles qui manquent."
)
TRIMMING = typeset(
    "Écrêtage 5–95 % : les quartiles laissent de côté, à chaque bout de chaque groupe, 5 % des valeurs (nombre arrondi "
    "à l’entier inférieur) ; les rangs les comptent toutes."
)
DASH = typeset(
    "Un tiret : rien n’a été déclaré ; « sans objet » : le dénominateur est nul, ou l’évolution part de zéro."
)
TITLES = {"member": "CIL/CCI", "platform": "Plates-formes"}


def coverage(part: ServiceSheet) -> str:
    """Of all lines expected, how many are missing."""
    missing, received = len(part.service.missing), len({line.member for line in part.service.now})
    title = part.form.service_title
    if not missing:
        return typeset(f"{title} : les {received} lignes attendues ont été reçues.")
    lacking = french.count(missing, "ligne manque", "lignes manquent")
    return typeset(f"{title} : {lacking} sur {missing + received} attendues, les rangs en dépendent.")


def absence(sheet: Sheet, names: Names) -> Iterator[str]:
    """Services of which the sheet has no figure, and why."""
    for part in sheet.services:
        if part.is_concerned:
            continue
        title = part.form.service_title
        entrusted = _entrusted_to(part, sheet)
        if entrusted:
            yield typeset(f"{title} : la réalisation du service est confiée à {names.member(entrusted)} ({entrusted}).")
        else:
            yield typeset(f"{title} : aucune activité déclarée, aucune ligne attendue.")


def _entrusted_to(part: ServiceSheet, sheet: Sheet) -> str | None:
    known = part.service.network.member(sheet.subject.code) if sheet.subject.level == "member" else None
    return known.delegated_to(part.service.code, sheet.period.last_day) if known else None


def remarks_of(part: ServiceSheet, sheet: Sheet, names: Names) -> list[str]:
    """What one must know of one's own figures of the service."""
    level, code = sheet.subject
    found = []
    if entrusted := _entrusted_to(part, sheet):
        found.append(f"La réalisation du service est désormais confiée à {names.member(entrusted)} ({entrusted}).")
    if level == "member" and (others := _performed_for(part.service.network, part.service.code, sheet)):
        found.append(f"Réalise aussi le service pour {', '.join(names.member(other) for other in others)}.")
    if code in part.service.missing_codes[level]:
        found.append("Rien n’a encore été reçu pour ce trimestre : il n’y a ni valeur ni rang.")
    if level == "platform" and code in part.service.partial_platforms:
        found.append("Des lignes de la Plate-forme manquent encore : son total est provisoire.")
    return [typeset(sentence) for sentence in found]


def _performed_for(network: Network, service: str, sheet: Sheet) -> list[str]:
    day = sheet.period.last_day
    return sorted(one.code for one in network.members if one.delegated_to(service, day) == sheet.subject.code)


def method_notes(sheet: Sheet) -> Iterator[str]:
    """How everything is counted; of the services that the sheet shows."""
    shown = [part for part in sheet.services if part.is_concerned]
    if not shown:
        return
    ratios = [one.definition for part in shown for one in indicators_of(part.form) if one.is_ratio]
    yield typeset(f"Ratios : {' ; '.join(ratios)}. {DASH}")
    yield f"{QUARTILES} {TRIMMING}" if sheet.trimmed else QUARTILES
    yield _size_rule(sheet, shown)
    if sheet.chosen:
        yield typeset(f"Groupe choisi : {', '.join(sheet.chosen)}, et soi-même.")
    if any(column.name == "entreprises_concernees" for part in shown for column in part.form.measures):
        yield COUNTED_AGAIN_NOTE


def _size_rule(sheet: Sheet, shown: list[ServiceSheet]) -> str:
    """The size is that of the year before the quarter, so that no quarter moves its own groups."""
    mains = ", ".join(f"« {main_indicator(part.form).label} » ({part.form.service_title})" for part in shown)
    first, *_, last = shown[0].service.sizing_quarters
    level = sheet.subject.level
    small, middle, large = SIZES[level]
    what = TITLES[level]
    return typeset(
        f"Taille, service par service : somme des quatre trimestres précédents (T{first.quarter} {first.year} à "
        f"T{last.quarter} {last.year}) de {mains}, parmi les {what} qui y ont une ligne ; {small} : moins d’un tiers "
        f"ont une somme strictement inférieure, {middle} : moins de deux tiers, {large} : les autres."
    )
