"""An audit from its planning to its signed report, by the pages that people use, and what is written of it."""

import hashlib
import io
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import openpyxl
import pypdf
import pytest
from sqlalchemy.exc import DBAPIError

from services.compliance.domain.standards import standard_of
from services.compliance.tables.audits import signed_document
from shared.settings import Settings
from tests.ingestion.sendings import ADDRESS, FORM, PERIOD, assistance
from tests.shared.admin import AUDITOR, UESL, headers_of
from tests.shared.house import House, open_house

pytestmark = pytest.mark.infra

PAGE = {"Accept": "text/html"}


@pytest.fixture
async def network(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings, ("compliance", "ingestion", "notification")) as house:
        await house.put_registry()
        await house.issue("PF01", "PF02")
        await house.issue_to_members("CIL01", "CIL02")
        await house.begin(date(2005, 4, 5))
        await house.carry()
        yield house


class People:
    """Whoever acts on an audit."""

    def __init__(self, house: House, headers: dict[str, dict[str, str]]) -> None:
        self.house, self.headers = house, headers

    async def get(self, who: str, path: str) -> httpx.Response:
        return await self.house.http.get(path, headers={**self.headers[who], **PAGE})

    async def do(self, who: str, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        return await self.house.http.post(path, headers={**self.headers[who], **PAGE}, data=data or {}, **more)


@pytest.fixture
async def people(network: House) -> People:
    databases = [room.database for room in network.rooms.values()]
    headers = {name: await headers_of(viewer, network.settings, *databases)
               for name, viewer in (("uesl", UESL), ("firm", AUDITOR))}  # fmt: skip
    return People(network, {**headers, **{code: network.of(code) for code in ("PF01", "CIL01", "CIL02")}})


FIRM = {"code": "CAB01", "name": "Cabinet Durand", "emails": "audit@durand.example"}
PLAN = {"service": "assistance", "audited": "CIL01", "firm": "CAB01", "planned_for": "2005-06-01",
        "campaign": "CA du 5 avril 2005"}  # fmt: skip


async def planned(people: People, **told: str) -> str:
    assert (await people.do("uesl", "/cabinets-audit", FIRM)).status_code == 303
    answer = await people.do("uesl", "/planification-audits", {**PLAN, **told})
    assert answer.status_code == 303, answer.text
    listed = (await people.house.http.get("/api/v1/audits", headers=people.headers["uesl"])).json()
    return str(listed[0]["id"])


async def move(people: People, who: str, audit: str, to: str, status: int = 303, note: str = "") -> httpx.Response:
    answer = await people.do(who, f"/audits/{audit}/etat", {"to": to, "note": note})
    assert answer.status_code == status, (to, answer.text)
    return answer


async def seen(people: People, audit: str) -> Any:
    return (await people.house.http.get(f"/api/v1/audits/{audit}", headers=people.headers["uesl"])).json()


async def examined(people: People, audit: str) -> None:
    """Everything is kept but 2-2, where a minor gap is found."""
    for one in standard_of("assistance", 1).required_of("member"):
        for code in one.evidence:
            await people.do("firm", f"/audits/{audit}/vues", {"evidence": code, "note": "sur place"})
        verdict = "partiel" if one.number == "2-2" else "conforme"
        data = {"requirement": one.number, "verdict": verdict, "evidence": list(one.evidence)}
        assert (await people.do("firm", f"/audits/{audit}/resultats", data)).status_code == 303, one.number
    gap = {"requirement": "2-2", "severity": "minor", "text": "La définition des responsabilités date de 2003."}
    assert (await people.do("firm", f"/audits/{audit}/ecarts", gap)).status_code == 303


async def test_an_audit_lives_from_its_planning_to_its_signed_report(people: People) -> None:
    house, audit = people.house, await planned(people)
    await move(people, "uesl", audit, "preparing")
    piece = {"file": ("plan.pdf", b"%PDF plan", "application/pdf")}
    kept = await people.do(
        "CIL01", f"/audits/{audit}/pieces", {"evidence": "EA1", "expires_on": "2006-01-01"}, files=piece
    )
    assert kept.status_code == 303, kept.text
    refused = await people.do("CIL01", f"/audits/{audit}/pieces", {"evidence": "EA9"}, files=piece)
    assert refused.status_code == 409 and "nomme des personnes" in refused.text
    assert await house.rows("compliance", "SELECT 1 FROM audit_piece WHERE evidence = 'EA9'") == []
    await move(people, "firm", audit, "examining")
    await examined(people, audit)
    await move(people, "firm", audit, "answering")
    answer = {"text": "Elle sera refaite en septembre."}
    assert (await people.do("CIL01", f"/audits/{audit}/ecarts/1/reponse", answer)).status_code == 303
    await move(people, "CIL01", audit, "concluding")
    await move(people, "firm", audit, "signed")
    told = await seen(people, audit)
    assert (told["state"], told["signed_by"]) == ("signed", AUDITOR.name)
    assert told["findings"][0]["answer"] == answer["text"]
    async with house.rooms["compliance"].database.transaction() as work:
        found = await signed_document(work, audit)  # type: ignore[arg-type]
    assert found is not None and found[0].sha256 == found[1]
    said = await house.said("compliance", "AuditSigned")
    assert [one.sha256 for one in said] == [found[1]]  # type: ignore[attr-defined]
    assert hashlib.sha256(b"%PDF plan").hexdigest() in str(found[0].table("evidence"))
    await _reports(people, audit)
    await house.carry()
    mails = await house.rows("notification", "SELECT recipient FROM message WHERE kind = 'audit' ORDER BY 1")
    assert [row.recipient for row in mails] == ["CIL01"] * 4 + ["UESL"] * 4


async def test_everybody_situates_himself_and_nobody_is_named_to_others(people: People) -> None:
    audit = await planned(people)
    for state in ("preparing", "examining"):
        await move(people, "firm", audit, state)
    await examined(people, audit)
    for state in ("answering", "concluding", "signed"):
        await move(people, "firm", audit, state)
    assert "0,0\u00a0%" in (await people.get("CIL01", "/conformite")).text
    page = (await people.get("CIL02", "/conformite")).text
    assert "Votre dernier audit" in page and "CIL01" not in page
    assert "Membre CIL01" in (await people.get("uesl", "/conformite?cherche=CIL01")).text
    assert "CIL/CCI de Plate-forme PF01" in (await people.get("uesl", "/conformite?cherche=PF01")).text
    assert (await people.get("firm", "/conformite")).status_code == 403
    report = await people.get("uesl", "/conformite/rapport?year=2005&format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(report.content)).worksheets[0]
    assert str(sheet["A1"].value).startswith("Référentiel qualité")


async def _reports(people: People, audit: str) -> None:
    pdf = await people.get("CIL01", f"/audits/{audit}/rapport?format=pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages)
    assert "Cabinet Durand" in text and "Elle sera refaite" in text
    book = await people.get("CIL01", f"/audits/{audit}/rapport?format=xlsx")
    sheets = openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames
    assert sheets[:3] == ["Résultats par exigence", "Écarts et réponses", "Pièces"]


async def test_a_doubtful_report_is_not_signed_and_a_signed_one_never_altered(people: People) -> None:
    audit = await planned(people)
    await move(people, "firm", audit, "preparing")
    await move(people, "firm", audit, "examining")
    await move(people, "firm", audit, "answering")
    await move(people, "firm", audit, "concluding")
    refused = await move(people, "firm", audit, "signed", 409)
    assert "aucun résultat" in refused.text and (await seen(people, audit))["state"] == "concluding"
    await move(people, "firm", audit, "examining", 303, note="à reprendre")
    await examined(people, audit)
    for state in ("answering", "concluding", "signed"):
        await move(people, "firm", audit, state)
    database = people.house.rooms["compliance"].database
    for statement in ("UPDATE audit SET planned_for = '2010-01-01'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="never altered"):
            async with database.transaction() as work:
                await work.execute(statement)
    before = await seen(people, audit)
    data = {"requirement": "2-2", "verdict": "conforme"}
    assert (await people.do("firm", f"/audits/{audit}/resultats", data)).status_code == 409
    assert await seen(people, audit) == before


async def test_a_firm_and_an_actor_see_their_own_audits_only(people: People) -> None:
    audit = await planned(people)
    listed = {who: (await people.house.http.get("/api/v1/audits", headers=people.headers[who])).json()
              for who in ("uesl", "firm", "CIL01", "CIL02", "PF01")}  # fmt: skip
    assert {who: len(found) for who, found in listed.items()} == {
        "uesl": 1,
        "firm": 1,
        "CIL01": 1,
        "CIL02": 0,
        "PF01": 0,
    }
    for who in ("CIL02", "PF01"):
        assert (await people.get(who, f"/audits/{audit}")).status_code == 404
        assert (await people.do(who, f"/audits/{audit}/etat", {"to": "cancelled", "note": "x"})).status_code == 404
    for who in ("CIL01", "firm"):
        await move(people, who, audit, "cancelled", 409, note="x")
    assert (await people.do("firm", "/planification-audits", PLAN)).status_code == 403


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"audited": "CIL99"}, "Inconnu"),
        ({"audited": " "}, "au moins un acteur"),
        ({"firm": "CAB09"}, "cabinet connu"),
        ({"planned_for": "2005-04-04"}, "à venir"),
        ({"planned_for": "1er mai"}, "AAAA-MM-JJ"),
        ({"on_demand": "true"}, "a une raison"),
    ],
)
async def test_what_cannot_be_planned_is_refused_and_stays_typed(
    people: People, told: dict[str, str], sentence: str
) -> None:
    await people.do("uesl", "/cabinets-audit", FIRM)
    answer = await people.do("uesl", "/planification-audits", {**PLAN, **told})
    assert answer.status_code == 409 and sentence in answer.text and "CA du 5 avril 2005" in answer.text
    assert await people.house.rows("compliance", "SELECT 1 FROM audit") == []


async def test_a_campaign_is_an_audit_of_each_and_an_actor_is_no_firm(people: People) -> None:
    await planned(people, audited="CIL01, CIL02 CIL01")
    rows = await people.house.rows("compliance", "SELECT number, owner FROM audit ORDER BY 1")
    assert [(row.number, row.owner) for row in rows] == [
        ("AUD-2005-0001", "member/CIL01"), ("AUD-2005-0002", "member/CIL02")]  # fmt: skip
    refused = await people.do("uesl", "/cabinets-audit", {**FIRM, "code": "OP01"})
    assert refused.status_code == 409 and "acteur du réseau" in refused.text
    page = await people.get("uesl", "/planification-audits")
    assert page.status_code == 200 and "Cabinet Durand" in page.text


async def test_the_sample_is_drawn_from_what_the_member_declared(people: People) -> None:
    files = {"file": ("a.csv", assistance(7, "CIL01", "CIL02", "CCI03"))}
    query = {"form": FORM, "period": PERIOD, "certified_by": "X"}
    sent = await people.house.http.post(ADDRESS, params=query, files=files, headers=people.headers["PF01"])
    assert sent.status_code == 201, sent.text
    await people.house.carry()
    audit = await planned(people)
    await move(people, "firm", audit, "preparing")
    assert (await people.do("firm", f"/audits/{audit}/echantillon", {"size": "3"})).status_code == 303
    sample = (await seen(people, audit))["sample"]
    assert len(sample["drawn"]) == 3 and {(one["member"], one["period"]) for one in sample["drawn"]} == {
        ("CIL01", PERIOD)
    }
    assert (await people.do("CIL01", f"/audits/{audit}/echantillon", {"size": "3"})).status_code == 409
