"""The routes as their reader finds them: each with a title in words, and what it does."""

from services.cli.contracts.checked_in import current_documents
from shared.pages.reference import list_operations


def test_every_route_has_a_title_and_a_description() -> None:
    rooms = list_operations(current_documents()["openapi.json"])
    operations = [operation for found in rooms.values() for operation in found]
    assert len(operations) > 20
    assert [operation.anchor for operation in operations if not operation.is_titled] == []
    assert [operation.anchor for operation in operations if not operation.about] == []
