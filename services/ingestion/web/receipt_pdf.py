"""The receipt as PDF/UA, its signed JSON attached, and sealed: equal receipts are equal bytes."""

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from services.ingestion.domain.pdf_seal import seal
from services.ingestion.domain.signing import Signer, Statement, read_statement
from shared.forms import FORMS
from shared.report import french

_TEMPLATE = Path(__file__).parent.parent / "templates" / "receipt.typ"
# The letters of the typeface that typst carries: PDF/UA suffers none that it cannot draw.
_NOT_DRAWN = re.compile("[^\x20-\x7e\xa0-\xac\xae-\u017f\u202f\u2010-\u2015\u2018-\u201e\u2022\u2026\u20ac\ufffd]")
_PROOF = (
    "Le service a reçu ces octets à cette heure et a rendu ce verdict. L’empreinte désigne le fichier et lui seul ; la "
    "signature désigne le service ; le reçu précédent, que celui-ci nomme, fixe sa place : aucun reçu ne peut être "
    "changé, ajouté ou retiré après coup sans que la chaîne le montre."
)
_HOW = (
    "La clé publique est publiée à l’adresse /api/v1/receipts/keys, avec son identifiant : gardez-la avec le reçu. "
    "La commande ci-dessous contrôle le sceau de ce document, la signature du reçu et l’empreinte du fichier."
)


@cache
def _fonts() -> typst.Fonts:
    """Its own alone, so that every machine writes the same bytes."""
    return typst.Fonts(include_system_fonts=False)


def render_receipt(signed: bytes, signer: Signer) -> bytes:
    """Sealed with today's key, which need not be the one that signed the receipt."""
    statement = read_statement(signed)
    content = statement.content
    name = f"recu-{content['number']}"
    data = {
        "title": f"Reçu du dépôt n° {content['number']}",
        "command": f"pilotage receipt verify {name}.pdf --key cle-publique.pem --against FICHIER",
        "attached": f"Le reçu signé est joint à ce document sous le nom « {name}.json ». Le voici en entier :",
        "name": f"{name}.json",
        "verdict": _verdict(content),
        "facts": _facts(content),
        "marks": _marks(statement),
        "proof": _PROOF,
        "how": _HOW,
        "shown": _drawn(signed.decode()),
        "signed": signed.decode(),
    }
    told = json.dumps(data, ensure_ascii=False)
    pdf = typst.compile(_TEMPLATE.read_bytes(), font_paths=_fonts(), sys_inputs={"data": told}, pdf_standards=["ua-1"])
    return seal(pdf, signer)


def _verdict(content: Any) -> str:
    if content["verdict"] == "accepted":
        return f"Fichier accepté : version {content['version']} de {_drawn(content['platform'])} pour cette période."
    return f"Fichier refusé en entier : {french.count(content['error_count'], 'erreur', 'erreurs')}."


def _facts(content: Any) -> list[tuple[str, str]]:
    form = FORMS[content["form"]].title if content["form"] in FORMS else "inconnu"
    facts = [
        ("Plate-forme", content["platform"]),
        ("Formulaire", form),
        ("Période", french.period(content["period"]) or "inconnue"),
        ("Reçu le", f"{french.moment(datetime.fromisoformat(content['time']))} (heure de Paris)"),
        ("Certifié par", content["certified_by"] or "non précisé"),
        ("Lignes acceptées", french.number(content["rows_accepted"])),
        ("Lignes refusées", french.number(content["rows_refused"])),
        ("Lignes vides", french.number(content["rows_blank"])),
        ("Taille", french.size(content["size"])),
        ("Référence", content["submission"]),
    ]
    return [(label, _drawn(value)) for label, value in facts]


def _marks(statement: Statement) -> list[tuple[str, str]]:
    content = statement.content
    return [
        ("Empreinte SHA-256 du fichier", content["sha256"]),
        ("Place dans la chaîne", french.number(content["position"])),
        ("Empreinte du reçu précédent", content["previous"] or "aucun : c’est le premier"),
        ("Empreinte de ce reçu", statement.sha256),
        ("Clé de signature", content["key"]),
    ]


def _drawn(text: str) -> str:
    return _NOT_DRAWN.sub("\ufffd", text)
