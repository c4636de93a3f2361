"""A network of three platforms and six members, to be spoilt or changed in one place."""

from typing import Any

ALWAYS = "2003-01-01"


def member(code: str, platform: str, *services: str, department: str = "35", **more: Any) -> dict[str, Any]:
    memberships = [
        {"service": service, "platform": platform, "from": ALWAYS, "to": None}
        for service in services or ("assistance", "mobilite")
    ]
    known = {"code": code, "kind": code[:3], "name": f"Membre {code}", "department": department, "emails": []}
    return {**known, "memberships": memberships, "delegations": [], **more}


def platform(code: str, *, until: str | None = None) -> dict[str, Any]:
    agreements = [{"from": ALWAYS, "to": until}]
    return {"code": code, "name": f"Plate-forme {code}", "agreements": agreements, "emails": [f"{code}@reseau.example"]}


def small_network(**changes: Any) -> dict[str, Any]:
    """PF01 has CIL01, CIL02 and CCI03, PF02 has CIL04, PF03, whose agreement ends with 2005, has CIL05 and CIL06."""
    document = {
        "central": {"name": "UESL", "emails": ["pilotage@uesl.example"]},
        "first_period": "2005-T1",
        "platforms": [platform("PF01"), platform("PF02"), platform("PF03", until="2005-12-31")],
        "members": [
            member("CIL01", "PF01"),
            member("CIL02", "PF01", department="2A"),
            member("CCI03", "PF01", "assistance"),
            member("CIL04", "PF02", "mobilite", department="971"),
            member("CIL05", "PF03"),
            member("CIL06", "PF03", "assistance"),
        ],
        "operators": [{"code": "OP01", "name": "Filiale", "members": ["CIL01", "CIL04"]}],
    }
    return {**document, **changes}
