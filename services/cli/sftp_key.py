"""A key with which a platform of the demonstration comes through the SFTP door."""

from pathlib import Path

import asyncssh

from services.cli.client import Client


async def give_sftp_key(client: Client, platform: str, file: Path) -> Path:
    """Made at the first call, readable by its owner alone, and told by the registry."""
    if not file.exists():
        file.touch(mode=0o600)
        asyncssh.generate_private_key("ssh-ed25519", comment="démonstration").write_private_key(file)
    public = asyncssh.read_private_key(file).export_public_key().decode().strip()
    document = (await client.call("GET", "/api/v1/registry")).json()
    [found] = [one for one in document["platforms"] if one["code"] == platform]
    if public not in found.setdefault("sftp_keys", []):
        found["sftp_keys"].append(public)
        await client.put_registry(document)
    return file
