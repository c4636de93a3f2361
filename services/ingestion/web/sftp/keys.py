"""Keys: those that the registry tells of a platform, and the host's own."""

from functools import lru_cache

from asyncssh import KeyImportError, SSHKey, generate_private_key, import_private_key, import_public_key

from services.ingestion.tables.laid import keep_host_key
from shared.database import Database
from shared.network import Network
from shared.readings import NoRegistry, read_network

_ALGORITHMS = ("ssh-ed25519", "ecdsa-sha2-", "sk-ssh-ed25519", "sk-ecdsa-sha2-", "ssh-rsa")
# An RSA key of 2,048 bits, as SSH writes it down.
_SHORTEST_RSA = 270


class UnreadableHostKey(RuntimeError):
    """The host key kept was closed with another `PILOTAGE_SECRET_KEY`."""


async def host_key(database: Database, secret: str) -> SSHKey:
    """Made at the first start, then the same for ever: clients refuse a host whose key changes."""
    made = generate_private_key("ssh-ed25519").export_private_key("pkcs8-pem", passphrase=secret).decode()
    async with database.transaction() as work:
        kept = await keep_host_key(work, made)
    try:
        return import_private_key(kept, passphrase=secret)
    except KeyImportError as error:
        raise UnreadableHostKey("the SFTP host key was closed with another secret key") from error


async def key_name(database: Database, platform: str, key: SSHKey) -> str | None:
    """What the registry calls the platform's key; None where it is not, or no longer, one of its keys."""
    async with database.transaction() as work:
        try:
            network = await read_network(work)
        except NoRegistry:
            return None
    return _name_in(network, platform, key)


def _name_in(network: Network, code: str, key: SSHKey) -> str | None:
    platform = network.platform(code)
    if platform is None or not _is_strong(key):
        return None
    named = (_read(line) for line in platform.sftp_keys)
    return next((name for data, name in named if data is not None and data == key.public_data), None)


def _is_strong(key: SSHKey) -> bool:
    algorithm = key.get_algorithm()
    return algorithm.startswith(_ALGORITHMS) and (algorithm != "ssh-rsa" or len(key.public_data) >= _SHORTEST_RSA)


@lru_cache(maxsize=4096)
def _read(line: str) -> tuple[bytes | None, str]:
    """The key of an `authorized_keys` line and its comment; what is no key opens nothing."""
    try:
        key = import_public_key(line.strip().encode())
    except (KeyImportError, ValueError):
        return None, ""
    return key.public_data, key.get_comment() or key.get_fingerprint()
