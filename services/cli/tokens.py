"""`pilotage token`: into a running service, with the admin's password from the environment."""

import os

from rich.console import Console
from rich.table import Table

from services.cli.client import PASSWORD, open_client

console = Console()


async def make_token(platform: str, name: str, url: str) -> str:
    async with open_client(url, os.environ[PASSWORD]) as client:
        return await client.token(platform, name)


async def make_member_token(member: str, name: str, url: str) -> str:
    """Opens reading alone: what was filed in the member's name."""
    async with open_client(url, os.environ[PASSWORD]) as client:
        return await client.member_token(member, name)


async def list_tokens(url: str) -> None:
    """Every token ever made; none of them is shown."""
    async with open_client(url, os.environ[PASSWORD]) as client:
        tokens = (await client.call("GET", "/api/v1/tokens")).json()
    table = Table("de", "nom", "identifiant", "état")
    for token in tokens:
        state = "révoqué" if token["revoked"] else "en service"
        table.add_row(token["platform"] or token["member"], token["name"], token["id"], state)
    console.print(table if tokens else "Aucun jeton.")


async def revoke_token(token: str, url: str) -> None:
    """It opens nothing any more, wherever its revocation has been heard."""
    async with open_client(url, os.environ[PASSWORD]) as client:
        await client.call("DELETE", f"/api/v1/tokens/{token}")
