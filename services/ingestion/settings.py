"""What the deployment decides for ingestion: the SFTP door (`PILOTAGE_SFTP__…`), the key that signs receipts."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.ingestion.domain.signing import NotAKey, Signer


class SftpSettings(BaseModel):
    """Where the SFTP door listens, and what it lets one do."""

    host: str = Field(default="127.0.0.1", description="address listened on")
    port: int = Field(default=2222, ge=0, le=65535, description="its port; 0 = any free one")
    quiet_seconds: float = Field(default=5, gt=0, description="a closed file left alone for so long is whole")
    kept_hours: float = Field(default=24, gt=0, description="how long an incomplete file waits for its rest")
    shown_days: int = Field(default=90, ge=1, description="how long /depots shows a file and its verdict")
    idle_seconds: float = Field(default=300, gt=0, description="a connection silent for so long is closed")
    sign_in_seconds: float = Field(default=20, gt=0, description="longest time to sign in")
    connections: int = Field(default=100, ge=1, description="at once, signed in or not")
    platform_connections: int = Field(default=8, ge=1, description="at once, of one platform")
    waiting_files: int = Field(default=500, ge=1, description="of one platform, on the way or incomplete")
    waiting_bytes: int = Field(default=2**30, ge=1, description="of one platform, on the way or incomplete")


class IngestionSettings(BaseSettings):
    """What this room adds to the shared settings."""

    model_config = SettingsConfigDict(env_prefix="PILOTAGE_", env_nested_delimiter="__", extra="ignore")

    sftp: SftpSettings = Field(default_factory=SftpSettings)
    receipt_key: SecretStr | None = Field(
        default=None, description="signs the receipts: a private key in PEM (`pilotage key new`), or its file"
    )


class NoReceiptKey(RuntimeError):
    """Without a key of its own, a deployment gives no receipts, so it receives nothing."""


@cache
def receipt_signer() -> Signer:
    """Raises NoReceiptKey, with a sentence for whoever deploys."""
    given = IngestionSettings().receipt_key
    if given is None:
        raise NoReceiptKey("PILOTAGE_RECEIPT_KEY manque : `pilotage key new` fait la clé qui signe les reçus.")
    value = given.get_secret_value()
    try:
        return Signer.of(value if value.lstrip().startswith("-----BEGIN") else Path(value).read_text())
    except (OSError, UnicodeDecodeError):
        raise NoReceiptKey("PILOTAGE_RECEIPT_KEY : ni une clé en PEM, ni un fichier lisible.") from None
    except NotAKey:
        raise NoReceiptKey("PILOTAGE_RECEIPT_KEY : ce n’est pas une clé privée Ed25519 en PEM.") from None
