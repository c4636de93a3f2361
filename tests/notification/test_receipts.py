"""Receipts: one per submission, in French, addressed to the platform."""

from email.message import EmailMessage

from tests.notification import facts
from tests.notification.conftest import Office
from tests.notification.post import Post


def bodies(mail: EmailMessage) -> tuple[str, str]:
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    return html.get_content(), text.get_content()


async def test_an_accepted_file_gets_a_receipt_that_says_what_was_received(office: Office, post: Post) -> None:
    event = facts.accepted(version=2)
    await office.hear(*facts.registry())
    await office.hear(event)
    assert await office.sending(await post.start()).send_batch() == 1
    mail = post.mails[0]
    html, text = bodies(mail)
    assert mail["Subject"] == "Dépôt accepté\u00a0: CIL-PASS assistance, 1er trimestre 2005"
    assert mail["To"] == "pf01@reseau.example, suivi.pf01@reseau.example"
    assert mail["From"].addresses[0].display_name == "Pilotage – réseau"
    assert mail["Auto-Submitted"] == "auto-generated"
    for said in (str(event.submission), "6 avril 2005 à 12 h 05", "ab" * 32, "Plate-forme Armor", "remplace"):
        assert said in html.replace("\u00a0", " ")
        assert said in text.replace("\u00a0", " ")
    for label in ("Référence", "Formulaire"):
        assert label in html
        assert label in text
    for label in ("Numéro du dépôt", "État"):
        assert label not in html + text
    assert '<html lang="fr">' in html
    assert f"http://127.0.0.1:8000/depots/{event.submission}" in text
    assert post.recipients == [["pf01@reseau.example", "suivi.pf01@reseau.example"]]


async def test_a_refused_file_gets_its_first_fifty_errors(office: Office, post: Post) -> None:
    await office.hear(*facts.registry(), facts.rejected(errors=120))
    await office.sending(await post.start()).send_batch()
    html, text = bodies(post.mails[0])
    assert "120\u00a0erreurs" in post.mails[0]["Subject"]
    assert "« 51 » n’est pas un nombre." in html
    assert "« 52 » n’est pas un nombre." not in html
    assert "50 premières erreurs" in text
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "<b>x</b>" not in html


async def test_a_refusal_tells_each_error_whole(office: Office, post: Post) -> None:
    """What the API, the page and the documents tell: place, code, gravity, received value, expected form, sentence."""
    await office.hear(*facts.registry(), facts.rejected(errors=2))
    await office.sending(await post.start()).send_batch()
    html, text = bodies(post.mails[0])
    assert html.count("« 2 » n’est pas un nombre. (erreur not_a_number)") == 1
    for said in ("Ligne", "Colonne", "Ce qui ne va pas", "Valeur reçue", "Attendu", "des chiffres"):
        assert said in html and said in text
    assert "&lt;i&gt;2&lt;/i&gt;9999" in html and "<i>" not in html
    assert "9" * 100 not in html + text, "a long value is shown shortened"
    assert "Attendu\u00a0: des chiffres" not in html + text, "said once, in its column"


async def test_the_same_submission_heard_twice_makes_one_message(office: Office) -> None:
    event = facts.accepted()
    await office.hear(*facts.registry(), event)
    await office.hear(event, facts.rejected(), event)
    made = await office.rows("SELECT kind, subject, recipient, version, count(*) AS n FROM message GROUP BY 1, 2, 3, 4")
    assert len(made) == 2
    assert {row["n"] for row in made} == {1}


async def test_a_receipt_heard_before_the_registry_waits_for_its_address(office: Office, post: Post) -> None:
    await office.hear(facts.accepted())
    sending = office.sending(await post.start())
    assert await sending.send_batch() == 0
    await office.hear(*facts.registry())
    assert await sending.send_batch() == 1
    assert len(post.taken) == 1


async def test_a_recipient_without_address_is_a_visible_failure(office: Office) -> None:
    await office.hear(*facts.registry())
    await office.hear(facts.accepted(platform="PF02"))
    found = await office.rows("SELECT state, last_error FROM message")
    assert found == [{"state": "failed", "last_error": "aucune adresse électronique dans l’annuaire"}]
    said = await office.rows("SELECT type FROM outbox")
    assert said == [{"type": "MessageFailed"}]


async def test_a_failure_found_when_the_registry_comes_is_visible_too(office: Office, post: Post) -> None:
    await office.hear(facts.accepted(platform="PF02"))
    await office.hear(*facts.registry())
    await office.sending(await post.start()).send_batch()
    found = await office.rows("SELECT state FROM message")
    assert found == [{"state": "failed"}]
    assert post.taken == []
