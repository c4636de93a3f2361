"""What pages are told: where links lead, what went wrong, and the French names of states."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

SIGN_IN = "/connexion"
SIGN_OUT = "/deconnexion"
HOME = "/"


@dataclass(frozen=True)
class Link:
    """A link with its text; without an address it is the place where one is."""

    label: str
    href: str = ""


@dataclass(frozen=True)
class NavigationLink(Link):
    """An entry of the main navigation, with a sentence for the home page."""

    purpose: str = ""
    roles: tuple[str, ...] = ()

    def is_for(self, role: str | None) -> bool:
        """Whether whoever has that role, or nobody yet, is shown it; without roles it is for all."""
        return not self.roles or role in self.roles or (role is None and "platform" in self.roles)

    def leads_to(self, path: str) -> bool:
        """Tell whether a page stands under this entry."""
        return path == self.href or (self.href != HOME and path.startswith(f"{self.href}/"))


@dataclass(frozen=True)
class FieldError:
    """What is wrong with a form's field, by the field's identifier ("" for the whole form)."""

    field: str
    message: str


@dataclass(frozen=True)
class Flash:
    """A message about what has just been done."""

    message: str
    tone: Literal["success", "info", "warning", "danger"] = "success"


@dataclass(frozen=True)
class Paging:
    """Which page of a long list is shown."""

    page: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The rank of the first item shown."""
        return min(self.total, (self.page - 1) * self.size + 1)

    @property
    def last(self) -> int:
        """The rank of the last item shown."""
        return min(self.total, self.page * self.size)

    def steps(self) -> Iterator[int | None]:
        """Name the pages to offer; None stands for those left out."""
        near = {1, self.pages, *range(self.page - 1, self.page + 2)}
        before = 0
        for page in sorted(page for page in near if 1 <= page <= self.pages):
            if page > before + 1:
                yield None
            yield page
            before = page


# All but auditors, who are no actors of the network.
_NETWORK = ("platform", "member", "uesl", "admin")

NAVIGATION = (
    NavigationLink("Accueil", HOME),
    NavigationLink(
        "Dépôts",
        "/depots",
        "Envoyer un fichier trimestriel, lire le verdict ligne par ligne et retrouver toutes les versions reçues.",
        roles=("platform", "uesl", "admin"),
    ),
    NavigationLink(
        "Mes lignes",
        "/mes-lignes",
        "Lire tout ce que les Plates-formes ont déposé en votre nom, version par version.",
        roles=("member",),
    ),
    NavigationLink(
        "Formulaires",
        "/formulaires",
        "Savoir quoi écrire : colonnes, codes, règles et exemples de chaque formulaire, et des modèles à remplir.",
    ),
    NavigationLink(
        "Tableaux",
        "/tableaux",
        "Lire les totaux du trimestre et le cumul depuis le 1er janvier : par CIL/CCI, région, Plate-forme, national.",
        roles=_NETWORK,
    ),
    NavigationLink(
        "Positionnement",
        "/positionnement",
        "Se situer : ses chiffres face à son passé, à sa Plate-forme, à sa région et au réseau.",
        roles=_NETWORK,
    ),
    NavigationLink(
        "Échéances",
        "/echeances",
        "Voir qui doit quoi et pour quand : à l’heure, en retard, manquant, attendu.",
        roles=_NETWORK,
    ),
    NavigationLink(
        "Annuaire",
        "/annuaire",
        "Savoir qui appartient où, n’importe quel jour, et tel qu’on le savait n’importe quel jour ; le modifier.",
        roles=("uesl", "admin"),
    ),
    NavigationLink(
        "Audits",
        "/audits",
        "Suivre les audits : pièces demandées, écarts, réponses, rapports signés, bonnes pratiques.",
        roles=("platform", "member", "uesl", "auditor", "admin"),
    ),
    NavigationLink(
        "Référentiels",
        "/referentiels",
        "Lire ce que les Chartes exigent, mot pour mot, et les pièces qui le prouvent.",
    ),
    NavigationLink(
        "Boîte d’envoi",
        "/boite-envoi",
        "Relire les messages envoyés : accusés de réception, rappels, tableaux restitués.",
        roles=("platform", "uesl", "admin"),
    ),
    NavigationLink(
        "Archives",
        "/archives",
        "Retrouver toute restitution, édition par édition, avec ses fichiers.",
        roles=_NETWORK,
    ),
    NavigationLink(
        "Préférences",
        "/preferences",
        "Choisir ce qui vient par courriel, et prévenir un logiciel à chaque restitution.",
        roles=_NETWORK,
    ),
    NavigationLink(
        "Comptes",
        "/comptes",
        "Inviter une personne, savoir qui peut entrer et comme quoi, fermer un compte.",
        roles=("admin",),
    ),
    NavigationLink(
        "Journal",
        "/journal/compliance",
        "Savoir qui a vu ou changé quoi, demande par demande.",
        roles=("admin",),
    ),
    NavigationLink("API", "/docs", "Brancher un logiciel : routes, paramètres, réponses et codes d’erreur."),
)

# What each state is called, and the colour in which it is shown.
STATES: dict[str, tuple[str, str]] = {
    "accepted": ("accepté", "good"),
    "on_time": ("à l’heure", "good"),
    "sent": ("envoyé", "good"),
    "rejected": ("refusé", "bad"),
    "missing": ("manquant", "bad"),
    "failed": ("en échec", "bad"),
    "late": ("en retard", "warn"),
    "to_confirm": ("à confirmer", "warn"),
    "unknown": ("issue inconnue", "warn"),
    "declined": ("non souhaité", "calm"),
    "withdrawn": ("retiré avant l’envoi", "calm"),
    "pending": ("attendu", "calm"),
    "queued": ("à envoyer", "calm"),
    "replaced": ("remplacé", "calm"),
    "standing": ("en vigueur", "good"),
    "overtaken": ("remplacée", "calm"),
    "warning_open": ("à confirmer", "warn"),
    "warning_asked_back": ("précision demandée", "warn"),
    "warning_explained": ("expliqué", "calm"),
    "warning_accepted": ("explication acceptée", "good"),
    "warning_void": ("sans objet", "calm"),
}

# What the parts of the API are called, by the tags of its routes.
SECTIONS = {
    "submissions": "Dépôts",
    "lines": "Lignes déposées",
    "forms": "Formulaires",
    "tables": "Tableaux",
    "editions": "Éditions",
    "lineage": "Origine des chiffres",
    "objectives": "Objectifs",
    "positioning": "Positionnement",
    "obligations": "Échéances",
    "messages": "Messages",
    "preferences": "Préférences d’envoi",
    "webhooks": "Webhooks",
    "archives": "Archives",
    "standards": "Référentiels",
    "audits": "Audits",
    "registry": "Annuaire",
    "credentials": "Accès",
    "journal": "Journal des accès",
    "calendar": "Calendrier",
    "status": "État du service",
}

ERRORS: dict[int, tuple[str, str]] = {
    400: ("Demande illisible", "La demande n’a pas été comprise. Revenez à la page précédente et recommencez."),
    401: ("Connexion nécessaire", "Connectez-vous pour voir cette page."),
    403: ("Accès refusé", "Votre compte ne donne pas accès à cette page ou à cette action."),
    404: ("Page introuvable", "Cette page n’existe pas, ou ce qu’elle montre n’est pas à vous."),
    405: ("Action impossible ici", "Cette adresse n’accepte pas ce genre de demande."),
    409: ("Situation modifiée entre-temps", "Quelqu’un a changé ces données. Rechargez la page, puis recommencez."),
    413: ("Fichier trop volumineux", "Le fichier dépasse 256 Mio, la taille que le service accepte."),
    422: ("Données refusées", "Ce qui a été envoyé contient des erreurs. Corrigez-les, puis recommencez."),
    429: ("Trop de demandes", "Trop de demandes en peu de temps. Patientez une minute, puis recommencez."),
    500: ("Erreur du service", "Le service a rencontré une erreur. Rien n’a été enregistré à moitié ; recommencez."),
    501: ("Pas encore disponible", "Cette fonction n’est pas encore ouverte."),
    503: ("Service indisponible", "Le service n’est pas prêt ou l’annuaire n’est pas chargé. Recommencez bientôt."),
}
