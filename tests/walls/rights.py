"""Who may do what, route by route: a route that is not here has no right stated, and fails."""

from dataclasses import dataclass
from typing import Literal

# anybody: nobody signs in; signed_in: auditors too; all: whoever belongs to the network; own: its platform, UESL and
# the admin; audited: as own, and the firm that leads;
# sender: its platform alone; filed: its platform, UESL, the admin, and the members it has lines of;
# reader: these members alone; platforms: any platform, in its own name; platforms_or_uesl: UESL and the admin, too;
# uesl: UESL and the admin; admin: nobody else.
Right = Literal[
    "anybody",
    "signed_in",
    "all",
    "own",
    "audited",
    "sender",
    "filed",
    "reader",
    "readers",
    "platforms",
    "platforms_or_uesl",
    "uesl",
    "admin",
]

_RIGHTS: dict[Right, str] = {
    "anybody": """
        GET /health | GET /docs | GET /asyncapi.json | GET /connexion | POST /connexion | POST /deconnexion
        GET /invitation | POST /invitation
        GET /api/v1/forms | GET /api/v1/forms/{form} | GET /formulaires | GET /formulaires/{code}
        GET /api/v1/calendars/{secret}/echeances.ics
        GET /api/v1/receipts/keys | POST /api/v1/sessions
    """,
    # Tables are for all; a list holds what whoever asks may see.
    "signed_in": """
        GET / | GET /compte | POST /compte/mot-de-passe | POST /compte/sessions | POST /compte/second-facteur
        POST /compte/second-facteur/confirmation | POST /compte/second-facteur/arret
        GET /api/v1/standards | GET /api/v1/standards/{service}/{version} | GET /referentiels
        GET /api/v1/standards/{service}/difference | GET /referentiels/{service}/difference
        GET /referentiels/{service}/{version} | GET /api/v1/audits | GET /audits
    """,
    "all": """
        GET /conformite
        GET /echeances | GET /api/v1/obligations | GET /api/v1/extensions | GET /api/v1/closings
        GET /api/v1/closing-rules | GET /echeances/decisions | GET /api/v1/obligations/rates | GET /echeances/taux
        GET /api/v1/ladders | GET /echeances/echelle | GET /api/v1/reminders/ledger | GET /rappels
        GET /api/v1/tables | GET /api/v1/tables/{form} | GET /api/v1/synthesis | GET /tableaux | GET /tableaux/synthese
        GET /api/v1/editions | GET /api/v1/editions/{number} | GET /tableaux/editions/{number}
        GET /api/v1/submissions | GET /depots | GET /api/v1/warnings | GET /avertissements | GET /api/v1/lines
        GET /api/v1/messages | GET /api/v1/bounces | GET /boite-envoi | GET /api/v1/reminders
        GET /depots/modele | GET /depots/apercu | GET /tableaux/direct | GET /api/v1/objectives | GET /objectifs
        GET /api/v1/archives | GET /archives | GET /api/v1/preferences | PUT /api/v1/preferences
        GET /positionnement | GET /positionnement/{level}/{code} | GET /api/v1/positioning/{level}/{code}
        GET /api/v1/lineage | GET /tableaux/pourquoi | GET /api/v1/lineage/lines | GET /tableaux/ligne
        GET /api/v1/revisions | GET /revisions
        GET /preferences | POST /preferences | GET /api/v1/webhooks | GET /webhooks
    """,
    "audited": """
        GET /api/v1/audits/{audit} | GET /audits/{audit} | GET /audits/{audit}/rapport | GET /audits/{audit}/relecture
        POST /audits/{audit}/etat | POST /audits/{audit}/resultats | POST /audits/{audit}/ecarts
        POST /audits/{audit}/ecarts/{n}/retrait | POST /audits/{audit}/ecarts/{n}/reponse | POST /audits/{audit}/vues
        POST /audits/{audit}/pratiques | POST /audits/{audit}/echantillon | POST /audits/{audit}/pieces
        GET /pieces-audit/{piece}
    """,
    "own": """
        GET /api/v1/submissions/{submission} | GET /api/v1/submissions/{submission}/file | GET /depots/{submission}
        GET /api/v1/submissions/{submission}/errors | GET /api/v1/submissions/{submission}/errors.csv
        GET /api/v1/submissions/{submission}/errors.xlsx | GET /api/v1/submissions/{submission}/verdict
        GET /api/v1/submissions/{submission}/verdict.pdf | GET /api/v1/submissions/{submission}/receipt
        GET /api/v1/submissions/{submission}/receipt.pdf | GET /api/v1/submissions/{submission}/warnings
        GET /api/v1/submissions/{submission}/versions | GET /api/v1/submissions/{submission}/lines
        GET /api/v1/submissions/{submission}/difference | GET /api/v1/submissions/{submission}/difference.csv
        GET /depots/{submission}/difference
        GET /api/v1/submissions/underway/{identity} | GET /depots/en-cours/{identity}
        GET /api/v1/messages/{message} | GET /api/v1/messages/{message}/attempts
        GET /boite-envoi/{message} | GET /boite-envoi/{message}/html
        GET /boite-envoi/{message}/pieces/{position} | POST /depots/{submission}/avertissements/{n}
        GET /api/v1/webhooks/{webhook}/deliveries | POST /api/v1/webhooks/{webhook}/enabling
        POST /webhooks/{webhook}/remise-en-service | POST /webhooks/{webhook}/suppression
        DELETE /api/v1/webhooks/{webhook}
    """,
    "sender": "POST /api/v1/submissions/{submission}/warnings/{n}/explanation",
    "filed": "GET /api/v1/lines.csv",
    "reader": "GET /mes-lignes/{submission}",
    "readers": "GET /mes-lignes",
    "platforms": """
        POST /api/v1/submissions | POST /depots | POST /depots/reconnaitre | POST /depots/apercu
        POST /api/v1/webhooks | POST /webhooks
    """,
    "platforms_or_uesl": """
        POST /echeances/calendrier
        POST /api/v1/validations | POST /api/v1/submissions/preview | GET /api/v1/forms/{form}/template
    """,
    "uesl": """
        POST /audits/{audit}/pratiques/{n}/publication | GET /planification-audits | POST /planification-audits
        POST /cabinets-audit | GET /conformite/rapport
        POST /api/v1/ladders | POST /echeances/echelle
        POST /api/v1/extensions | POST /api/v1/closings | POST /api/v1/closing-rules | POST /echeances/decisions
        GET /api/v1/registry/differences | GET /api/v1/registry/versions | PUT /api/v1/registry/{kind}/{code}
        DELETE /api/v1/registry/{kind}/{code} | GET /annuaire | POST /annuaire | GET /annuaire/network.json
        GET /annuaire/versions | GET /annuaire/differences | GET /annuaire/{place} | POST /annuaire/{place}
        GET /annuaire/{place}/{code} | GET /annuaire/{place}/{code}/modifier | POST /annuaire/{place}/{code}/modifier
        POST /annuaire/{place}/{code}/retrait | POST /annuaire/{place}/{code}/retour
        GET /api/v1/registry | PUT /api/v1/registry | GET /api/v1/calendar
        GET /api/v1/receipts | GET /api/v1/destructions | GET /api/v1/warnings/statistics
        POST /api/v1/submissions/{submission}/warnings/{n}/acceptance
        POST /api/v1/submissions/{submission}/warnings/{n}/question
        POST /api/v1/messages/{message}/retry | POST /boite-envoi/{message}/retry
        PUT /api/v1/objectives | POST /objectifs | POST /api/v1/editions | POST /tableaux/editions
    """,
    "admin": """
        GET /api/v1/status | GET /api/v1/status/ingestion | GET /api/v1/status/aggregation
        GET /api/v1/status/qualitative | GET /api/v1/status/compliance | GET /api/v1/status/notification
        GET /api/v1/accounts | DELETE /api/v1/accounts/{account} | GET /comptes | POST /comptes
        GET /api/v1/invitations | POST /api/v1/invitations | DELETE /api/v1/invitations/{invitation}
        POST /comptes/{account}/fermeture | POST /comptes/invitations/{invitation}/retrait
        GET /api/v1/journal/ingestion | GET /api/v1/journal/ingestion/verification | GET /journal/ingestion
        GET /api/v1/journal/aggregation | GET /api/v1/journal/aggregation/verification | GET /journal/aggregation
        GET /api/v1/journal/qualitative | GET /api/v1/journal/qualitative/verification | GET /journal/qualitative
        GET /api/v1/journal/compliance | GET /api/v1/journal/compliance/verification | GET /journal/compliance
        GET /api/v1/journal/notification | GET /api/v1/journal/notification/verification | GET /journal/notification
        POST /api/v1/calendar | GET /api/v1/tokens | POST /api/v1/tokens | DELETE /api/v1/tokens/{token}
    """,
}
RIGHTS: dict[str, Right] = {
    route.strip(): right
    for right, routes in _RIGHTS.items()
    for line in routes.splitlines()
    for route in line.split("|")
    if route.strip()
}
# Parameters that name what may be another's, and those that name nothing of anybody's.
NAMING = {
    "submission",
    "identity",
    "message",
    "platform",
    "member",
    "recipient",
    "with",
    "avec",
    "token",
    "webhook",
    "account",
    "invitation",
    "audit",
    "piece",
}
HARMLESS = {
    *("form", "code", "period", "year", "by", "number", "format", "lang", "page", "first", "many", "from", "limit"),
    *("offset", "n", "position", "nil", "on", "history", "verdict", "state", "etat", "kind", "day", "standing"),
    *("toutes", "deja", "certified_by", "annee", "next", "file_name", "level"),
    *("known_on", "from_on", "from_known_on", "genre", "place", "reason", "service", "secret"),
    *("version", "old", "new", "groupe", "ecretage", "de", "cle", "against", "edition", "line", "measure", "span"),
    *("who", "path", "changes"),
    *("cherche", "tri", "ordre", "q", "quarter", "trimestre"),
}


# The firm that leads each audit of the world.
LEADING = "CAB02"


@dataclass(frozen=True, slots=True)
class Owned:
    """Something in the world: whose it is, and the members in whose names it has lines."""

    kind: Literal["submission", "identity", "message", "webhook", "audit", "piece"]
    id: str
    platform: str
    members: tuple[str, ...] = ()


def may(right: Right, role: str, name: str, thing: Owned) -> bool:
    """The rule in words, apart from the code that keeps it."""
    is_own = role == "platform" and name == thing.platform
    sees_all = role in ("uesl", "admin")
    is_named = role == "member" and name in thing.members
    return {
        "own": is_own or sees_all,
        "audited": is_own or sees_all or (role, name) == ("auditor", LEADING),
        "sender": is_own,
        "filed": is_own or sees_all or is_named,
        "reader": is_named,
        "uesl": sees_all,
        "admin": role == "admin",
    }[right]


def may_at_all(right: Right, role: str) -> bool:
    """Where nothing is named."""
    return {
        "anybody": True,
        "signed_in": role != "nobody",
        "all": role not in ("nobody", "auditor"),
        "readers": role == "member",
        "platforms": role == "platform",
        "platforms_or_uesl": role in ("platform", "uesl", "admin"),
        "uesl": role in ("uesl", "admin"),
        "admin": role == "admin",
    }[right]
