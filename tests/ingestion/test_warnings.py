"""Quality warnings at the door: the file counts, its platform explains, UESL accepts or asks back, nothing is lost."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.events import SubmissionAccepted, WarningsExplained
from tests.ingestion.sendings import ADDRESS, FORM, MOBILITE, PERIOD, accepted, assistance, rejected, send, wrong
from tests.ingestion.test_large_files import cases
from tests.shared.house import House

pytestmark = pytest.mark.infra

USUAL = b"organisme;diagnostics_prealables;engagements_reciproques;diagnostics_complementaires\n"
PAGE = {"Accept": "text/html", "Origin": "http://127.0.0.1:8000"}


def quarter(*rows: str, one: str = "CIL01;20;10;5") -> bytes:
    return USUAL + "\n".join([one, *(rows or ("CIL02;8;4;0", "CCI03;9;4;0")), ""]).encode()


# Without CCI03, and with more commitments than diagnoses.
TWO_WARNINGS = quarter("CIL02;8;9;0")


async def warnings_of(house: House, submission: str, headers: dict[str, str] | None = None) -> Any:
    answer = await house.http.get(f"{ADDRESS}/{submission}/warnings", headers=headers or house.of("PF01"))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(
    house: House, submission: str, n: int, word: str, text: str | None, *, by: str = "PF01"
) -> httpx.Response:
    headers = house.admin if by == "admin" else house.of(by)
    body = {} if text is None else {"text": text}
    return await house.http.post(f"{ADDRESS}/{submission}/warnings/{n}/{word}", json=body, headers=headers)


async def explained(house: House) -> list[tuple[int, list[tuple[str, str]], bool]]:
    return [
        (event.revision, [(one.code, one.member) for one in event.explained], event.to_confirm)
        for event in await house.said("ingestion", "WarningsExplained")
        if isinstance(event, WarningsExplained)
    ]


async def test_a_file_with_warnings_counts_and_is_to_be_confirmed(house: House) -> None:
    sent = await accepted(house, TWO_WARNINGS)
    assert (sent["verdict"], sent["version"], sent["to_confirm"], sent["error_count"]) == ("accepted", 1, True, 0)
    told = await warnings_of(house, sent["id"])
    assert told["to_confirm"] is True
    fields = ("n", "code", "member", "line", "column", "state")
    assert [tuple(one[name] for name in fields) for one in told["warnings"]] == [
        (1, "missing_member", "CCI03", None, "organisme", "open"),
        (2, "more_commitments_than_diagnoses", "CIL02", 3, "engagements_reciproques", "open"),
    ]  # fmt: skip
    [event] = await house.said("ingestion", "SubmissionAccepted")
    assert isinstance(event, SubmissionAccepted)
    assert (event.to_confirm, [line.member for line in event.lines]) == (True, ["CIL01", "CIL02"])


async def test_a_usual_file_and_a_refused_one_have_none(house: House) -> None:
    usual = await accepted(house, quarter())
    refused = await rejected(house, wrong(2), platform="PF02", form=MOBILITE)
    assert usual["to_confirm"] is False
    assert (await warnings_of(house, usual["id"]))["warnings"] == []
    assert (await warnings_of(house, refused["id"], house.of("PF02")))["warnings"] == []
    assert await house.rows("ingestion", "SELECT 1 FROM warning") == []


async def test_explaining_everything_confirms_the_submission(house: House) -> None:
    submission = (await accepted(house, TWO_WARNINGS))["id"]
    first = await post(house, submission, 2, "explanation", " Trois engagements signés\r\nau trimestre suivant ? Oui. ")
    assert first.status_code == 201
    assert first.json()["to_confirm"] is True
    second = await post(house, submission, 1, "explanation", "Fermé pour travaux.")
    assert second.json()["to_confirm"] is False
    [missing, more] = second.json()["warnings"]
    assert (missing["state"], more["state"]) == ("explained", "explained")
    [word] = more["words"]
    assert word["text"] == "Trois engagements signés\nau trimestre suivant ? Oui."
    assert (word["kind"], word["role"], word["said_by"]) == ("explanation", "platform", "PF01 par essai")
    assert word["said_at"].startswith("2005-04-05T")
    receipt = (await house.http.get(f"{ADDRESS}/{submission}", headers=house.of("PF01"))).json()
    assert (receipt["to_confirm"], receipt["verdict"]) == (False, "accepted")
    assert await explained(house) == [
        (1, [("more_commitments_than_diagnoses", "CIL02")], True),
        (2, [("missing_member", "CCI03"), ("more_commitments_than_diagnoses", "CIL02")], False),
    ]
    [event] = (await house.said("ingestion", "WarningsExplained"))[:1]
    assert event.key == f"PF01/{FORM}/{PERIOD}"


async def test_uesl_asks_back_and_accepts_and_the_thread_is_kept(house: House) -> None:
    submission = (await accepted(house, quarter("CIL02;8;4;0")))["id"]
    assert (
        await post(house, submission, 1, "acceptance", None, by="admin")
    ).status_code == 409  # nothing explained yet
    await post(house, submission, 1, "explanation", "Fermé.")
    asked = await post(house, submission, 1, "question", "Depuis quand, et jusqu’à quand ?", by="admin")
    assert (asked.status_code, asked.json()["to_confirm"]) == (201, True)
    assert asked.json()["warnings"][0]["state"] == "asked_back"
    await post(house, submission, 1, "explanation", "De mars à mai.")
    taken = await post(house, submission, 1, "acceptance", None, by="admin")
    assert (taken.status_code, taken.json()["to_confirm"]) == (201, False)
    assert [(word["kind"], word["role"], word["text"]) for word in taken.json()["warnings"][0]["words"]] == [
        ("explanation", "platform", "Fermé."),
        ("question", "admin", "Depuis quand, et jusqu’à quand ?"),
        ("explanation", "platform", "De mars à mai."),
        ("acceptance", "admin", ""),
    ]
    assert (await post(house, submission, 1, "explanation", "Encore.")).status_code == 409
    missing = ("missing_member", "CCI03")
    assert await explained(house) == [(1, [missing], False), (2, [], True), (3, [missing], False)]


async def test_a_correction_leaves_nothing_to_explain(house: House) -> None:
    first = (await accepted(house, TWO_WARNINGS))["id"]
    await post(house, first, 1, "explanation", "Fermé.")
    second = await accepted(house, quarter())
    assert (second["version"], second["to_confirm"]) == (2, False)
    old = await warnings_of(house, first)
    assert (old["to_confirm"], [one["state"] for one in old["warnings"]]) == (False, ["void", "void"])
    late = await post(house, first, 2, "explanation", "Trop tard.")
    assert (late.status_code, late.json()["title"]) == (409, "Conflit")
    assert (await house.http.get(f"{ADDRESS}/{first}", headers=house.of("PF01"))).json()["to_confirm"] is False


async def test_a_refused_file_and_the_same_bytes_change_no_warning(house: House) -> None:
    first = await accepted(house, TWO_WARNINGS)
    await rejected(house, wrong(1))
    assert (await send(house, TWO_WARNINGS)).json() == first
    assert [one["state"] for one in (await warnings_of(house, first["id"]))["warnings"]] == ["open", "open"]


async def test_an_explanation_is_offered_when_the_same_warning_comes_back(house: House) -> None:
    first = (await accepted(house, TWO_WARNINGS))["id"]
    await post(house, first, 1, "explanation", "Fermé pour travaux.")
    await house.begin(date(2005, 7, 5))
    await house.carry()
    second = (await accepted(house, TWO_WARNINGS, period="2005-T2"))["id"]
    [missing, more] = (await warnings_of(house, second))["warnings"]
    assert (missing["state"], more["remembered"]) == ("open", None)
    assert (missing["remembered"]["text"], missing["remembered"]["period"]) == ("Fermé pour travaux.", PERIOD)
    path = f"/depots/{second}/avertissements/1"
    page = await house.http.get(f"/depots/{second}", headers={**PAGE, **house.of("PF01")})
    assert "Reprendre l’explication du 5\u00a0avril 2005" in page.text
    again = await house.http.post(
        path, data={"kind": "explanation", "again": "true"}, headers={**PAGE, **house.of("PF01")}
    )
    assert (again.status_code, again.headers["location"]) == (303, f"/depots/{second}#avertissement-1")
    [missing, _] = (await warnings_of(house, second))["warnings"]
    assert (missing["state"], missing["words"][0]["text"]) == ("explained", "Fermé pour travaux.")
    nothing = await house.http.post(
        f"/depots/{second}/avertissements/2", data={"kind": "explanation", "again": "true"}, headers=house.of("PF01")
    )
    assert nothing.status_code == 409


async def test_what_was_asked_back_is_not_offered(house: House) -> None:
    first = (await accepted(house, quarter("CIL02;8;4;0")))["id"]
    await post(house, first, 1, "explanation", "Fermé.")
    await post(house, first, 1, "question", "Mais encore ?", by="admin")
    second = (await accepted(house, quarter("CIL02;7;4;0")))["id"]
    [missing] = (await warnings_of(house, second))["warnings"]
    assert missing["remembered"] is None
    await post(house, second, 1, "explanation", "Fermé pour travaux.")
    third = (await accepted(house, quarter("CIL02;6;4;0")))["id"]
    [missing] = (await warnings_of(house, third))["warnings"]
    assert missing["remembered"]["text"] == "Fermé pour travaux."


async def test_the_past_of_a_member_is_what_stands_of_it(house: House) -> None:
    """Three usual quarters, the second corrected; then a quarter far from them."""
    await house.begin(date(2006, 1, 5))
    await house.carry()
    for period in ("2005-T1", "2005-T2", "2005-T3"):
        assert (await accepted(house, quarter(one="CIL01;900;10;5"), period=period))["to_confirm"] is False
        assert (await accepted(house, quarter(), period=period))["to_confirm"] is False
    assert [(row.period, row.version, row.values["diagnostics_prealables"]) for row in await house.rows(
        "ingestion", "SELECT period, version, values FROM standing_line WHERE member = 'CIL01' ORDER BY period"
    )] == [("2005-T1", 2, "20"), ("2005-T2", 2, "20"), ("2005-T3", 2, "20")]  # fmt: skip
    far = await accepted(house, quarter(one="CIL01;900;10;5"), period="2005-T4")
    [warning] = (await warnings_of(house, far["id"]))["warnings"]
    assert (warning["code"], warning["member"], warning["line"]) == ("large_variation", "CIL01", 2)
    zero = await accepted(house, quarter(one="CIL01;0;0;0"), period="2005-T4")
    [warning] = (await warnings_of(house, zero["id"]))["warnings"]
    assert warning["code"] == "zero_after_activity"


async def test_lines_that_a_new_version_no_longer_holds_stand_no_more(house: House) -> None:
    await accepted(house, quarter())
    await accepted(house, quarter("CIL02;8;4;0"))
    rows = await house.rows("ingestion", "SELECT member, version FROM standing_line ORDER BY member")
    assert [(row.member, row.version) for row in rows] == [("CIL01", 2), ("CIL02", 2)]


async def test_cases_are_kept_as_counts_and_compared_with_the_year(house: House) -> None:
    await house.begin(date(2006, 1, 5))
    await house.carry()
    header = b"organisme;dossiers_individuels;entreprises_concernees;montant_facture_ht\n"
    for n in (1, 2, 3, 4):
        content = header + b"CIL01;100;50;150000\nCIL02;1;1;1500\n"
        await accepted(house, content, form=MOBILITE, period=f"2005-T{n}")
    sent = await accepted(house, cases(30).replace(b";N;N;O;", b";N;N;N;").replace(b";O;", b";N;"),
                          form="dossiers-mobilite", period="2005")  # fmt: skip
    told = await warnings_of(house, sent["id"])
    assert {(one["code"], one["member"]) for one in told["warnings"]} == {
        ("no_service", "CIL01"),
        ("volume_mismatch", "CIL01"),
    }
    [kept] = await house.rows("ingestion", "SELECT * FROM standing_line WHERE form = 'dossiers-mobilite'")
    assert (kept.member, kept.values) == ("CIL01", {"cases": "30", "without_service": "30"})
    named = await post(house, sent["id"], 1, "explanation", "Voir jean.dupont@example.org, merci.")
    assert (named.status_code, named.json()["type"]) == (422, "urn:pilotage:identifying_data")


async def test_an_outlier_is_seen_among_what_others_sent(house: House) -> None:
    await house.rows("ingestion", """
        INSERT INTO standing_line (platform, form, period, version, member, values)
        SELECT 'PF09', 'mobilite-trimestriel', '2005-T1', 1, 'X' || n,
               jsonb_build_object('dossiers_individuels', '10', 'montant_facture_ht', CAST(10000 + 500 * n AS text))
        FROM generate_series(1, 25) AS n RETURNING 1""")  # fmt: skip
    header = "organisme;dossiers_individuels;entreprises_concernees;montant_facture_ht\n"
    sent = await accepted(house, f"{header}CIL01;10;5;15000\nCIL02;10;5;900000\n".encode(), form=MOBILITE)
    [warning] = (await warnings_of(house, sent["id"]))["warnings"]
    assert (warning["code"], warning["member"], warning["column"]) == ("outlier", "CIL02", "montant_facture_ht")


TEXTS = ["", "  ", "ab", "x" * 1001, "a\x00b", "un\x07deux", "\u202ecaché", "x" * 100_000]


@pytest.mark.parametrize("word", ["explanation", "question"])
@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
async def test_what_is_no_sentence_is_refused(house: House, word: str, text: str) -> None:
    submission = (await accepted(house, quarter("CIL02;8;4;0")))["id"]
    if word == "question":
        await post(house, submission, 1, "explanation", "Fermé.")
    before = await warnings_of(house, submission)
    answer = await post(house, submission, 1, word, text, by="PF01" if word == "explanation" else "admin")
    assert answer.status_code == 422
    assert await warnings_of(house, submission) == before


async def test_anothers_warnings_do_not_exist(house: House) -> None:
    submission = (await accepted(house, TWO_WARNINGS))["id"]
    for other, identity in (("PF03", submission), ("PF02", submission), ("PF01", str(uuid4()))):
        answers = [
            await house.http.get(f"{ADDRESS}/{identity}/warnings", headers=house.of(other)),
            await post(house, identity, 1, "explanation", "Ce n’est pas à moi.", by=other),
        ]
        answers += [
            await house.http.post(
                f"/depots/{identity}/avertissements/1", data={"kind": "explanation", "text": "Pas à moi."},
                headers={**PAGE, **house.of(other)},
            )
        ]  # fmt: skip
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert "CIL02" not in "".join(answer.text for answer in answers)
    listed = await house.http.get("/api/v1/warnings", headers=house.of("PF03"))
    assert listed.json() == {"total": 0, "warnings": []}
    for n in (0, 3, 2_000_000_000, 99_999_999_999):
        assert (await post(house, submission, n, "explanation", "Rien là.")).status_code in (404, 422)


async def test_each_says_what_is_its_own_to_say(house: House) -> None:
    submission = (await accepted(house, TWO_WARNINGS))["id"]
    assert (await post(house, submission, 1, "explanation", "Par l’UESL.", by="admin")).status_code == 403
    for word in ("acceptance", "question"):
        assert (await post(house, submission, 1, word, "Par la Plate-forme.")).status_code == 403
    path = f"/depots/{submission}/avertissements/1"
    for kind, headers in (
        ("explanation", house.admin),
        ("acceptance", house.of("PF01")),
        ("question", house.of("PF01")),
    ):
        page = await house.http.post(path, data={"kind": kind, "text": "Un texte."}, headers={**PAGE, **headers})
        assert page.status_code == 403
    assert (await house.http.get("/api/v1/warnings/statistics", headers=house.of("PF01"))).status_code == 403
    assert (await house.http.get("/api/v1/warnings")).status_code == 401
    assert await house.rows("ingestion", "SELECT 1 FROM warning_word") == []


async def test_a_form_of_another_site_says_nothing(house: House) -> None:
    submission = (await accepted(house, TWO_WARNINGS))["id"]
    signed_in = await house.http.post(
        "/connexion", data={"way": "platform", "token": house.tokens["PF01"]}, headers=PAGE
    )
    assert signed_in.status_code == 303
    path = f"/depots/{submission}/avertissements/1"
    for headers in ({"Origin": "https://ailleurs.example"}, {}):
        answer = await house.http.post(
            path, data={"kind": "explanation", "text": "Par un autre site."}, headers=headers
        )
        assert answer.status_code == 403
    own = await house.http.post(path, data={"kind": "explanation", "text": "Par nos pages."}, headers=PAGE)
    assert own.status_code == 303
    house.http.cookies.clear()


TABLES = ("standing_line", "warning", "warning_word")


async def test_postgresql_shows_a_platform_its_own_rows_only(house: House) -> None:
    for platform, content in (("PF01", TWO_WARNINGS), ("PF03", assistance(1, "CIL05"))):
        submission = (await accepted(house, content, platform=platform))["id"]
        assert (await post(house, submission, 1, "explanation", "Une phrase.", by=platform)).status_code == 201
    for table in TABLES:
        for viewer, seen in (
            ("PF01", {"PF01"}),
            ("PF03", {"PF03"}),
            ("*", {"PF01", "PF03"}),
            ("PF02", set()),
            ("", set()),
        ):
            async with house.rooms["ingestion"].database.transaction(viewer) as work:
                found = set((await work.execute(f"SELECT platform FROM {table}")).scalars())
                touched: Any = await work.execute(f"UPDATE {table} SET platform = platform WHERE platform <> :own",
                                                  {"own": viewer})  # fmt: skip
                assert (found, touched.rowcount if viewer != "*" else 0) == (seen, 0), (table, viewer)


async def test_statistics_tell_what_becomes_of_each_rule(house: House) -> None:
    first = (await accepted(house, TWO_WARNINGS))["id"]
    await post(house, first, 1, "explanation", "Fermé.")
    second = (await accepted(house, quarter("CIL02;9;8;0")))["id"]  # CCI03 still lacks; the commitments are corrected
    await post(house, second, 1, "explanation", "Toujours fermé.")
    await post(house, second, 1, "acceptance", "Vu.", by="admin")
    other = (await accepted(house, assistance(1, "CIL05"), platform="PF03"))["id"]
    told = (await house.http.get("/api/v1/warnings/statistics", headers=house.admin)).json()
    assert len(told) == 8
    assert {one["code"]: (one["raised"], one["waiting"], one["explained"], one["accepted"], one["corrected"])
            for one in told if one["raised"]} == {
        # CIL06 of PF03 lacks too; each of PF03's and PF01's files has n + 1 commitments for n diagnoses.
        "missing_member": (2, 1, 1, 1, 0),
        "more_commitments_than_diagnoses": (2, 1, 0, 0, 1),
    }  # fmt: skip
    assert {one["code"]: one["share_explained"] for one in told if one["raised"]}["missing_member"] == 0.5
    listed = (await house.http.get("/api/v1/warnings", headers=house.admin)).json()
    assert {(one["platform"], one["submission"]) for one in listed["warnings"]} == {("PF03", other)}
    page = await house.http.get("/avertissements", headers={**PAGE, **house.admin})
    assert page.status_code == 200
    assert "50 %" in page.text
    assert "presque toujours" not in page.text


async def test_the_pages_show_what_is_to_confirm(house: House) -> None:
    submission = (await accepted(house, TWO_WARNINGS))["id"]
    listed = await house.http.get("/depots", headers={**PAGE, **house.of("PF01")})
    assert "à confirmer" in listed.text
    page = await house.http.get(f"/depots/{submission}", headers={**PAGE, **house.of("PF01")})
    for shown in ("Avertissements", "CCI03 réalise le service et n’a pas de ligne.", "à confirmer", "Expliquer"):
        assert shown in page.text, shown
    own = await house.http.get("/avertissements", headers={**PAGE, **house.of("PF01")})
    assert f"/depots/{submission}#avertissement-2" in own.text
    assert "par règle" not in own.text
    said = {"kind": "explanation", "text": "<b>Fermé</b> & travaux"}
    await house.http.post(f"/depots/{submission}/avertissements/1", data=said, headers={**PAGE, **house.of("PF01")})
    page = await house.http.get(f"/depots/{submission}", headers={**PAGE, **house.admin})
    assert "&lt;b&gt;Fermé&lt;/b&gt; &amp; travaux" in page.text
    assert "Accepter l’explication" in page.text
    decide = await house.http.get("/avertissements", headers={**PAGE, **house.admin})
    assert f"/depots/{submission}#avertissement-1" in decide.text


async def test_words_said_at_the_same_moment_agree_on_what_waits(house: House) -> None:
    submission = (await accepted(house, TWO_WARNINGS))["id"]
    answers = await asyncio.gather(*(post(house, submission, n, "explanation", f"Mot {n}.") for n in (1, 2, 1, 2)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert (await warnings_of(house, submission))["to_confirm"] is False
    revisions = await explained(house)
    assert [revision for revision, _, _ in revisions] == [1, 2, 3, 4]
    assert revisions[-1][2] is False


async def test_a_correction_and_a_word_at_the_same_moment(house: House) -> None:
    first = (await accepted(house, TWO_WARNINGS))["id"]
    _, word = await asyncio.gather(accepted(house, quarter()), post(house, first, 1, "explanation", "Fermé."))
    assert word.status_code in (201, 409)
    assert [one["state"] for one in (await warnings_of(house, first))["warnings"]] == ["void", "void"]
    rows = await house.rows("ingestion", "SELECT version, to_confirm FROM submission ORDER BY version")
    assert [(row.version, row.to_confirm) for row in rows][-1] == (2, False)
