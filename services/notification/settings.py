"""How the deployment sends mail (`PILOTAGE_SMTP__…`)."""

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SmtpSettings(BaseModel):
    """The mail server that takes what is sent."""

    host: str = Field(default="127.0.0.1", description="name of the mail server")
    port: int = Field(default=25, ge=1, le=65535, description="its port")
    username: str | None = Field(default=None, description="where the server asks for one")
    password: SecretStr | None = Field(default=None, description="goes with the user name")
    tls: bool = Field(default=False, description="encrypted from the first byte (port 465)")
    starttls: bool | None = Field(default=None, description="true: required; false: never; unset: if offered")
    validate_certs: bool = Field(default=True, description="refuse a server whose certificate is not trusted")
    sender: str = Field(default="Pilotage <pilotage@localhost.localdomain>", description="From of all mails")
    concurrency: int = Field(default=8, ge=1, le=64, description="connections kept open")
    timeout_seconds: float = Field(default=20, gt=0, description="longest wait for an answer of the server")
    lease_seconds: float = Field(
        default=90, gt=0, description="after which a dead process's messages are sent by others; longest for a message"
    )
    batch: int = Field(default=100, ge=1, description="messages taken together")
    patience_days: float = Field(default=5, gt=0, description="after which a message that nobody takes is failed")


class NotificationSettings(BaseSettings):
    """What this room adds to the shared settings."""

    model_config = SettingsConfigDict(env_prefix="PILOTAGE_", env_nested_delimiter="__", extra="ignore")

    smtp: SmtpSettings = Field(default_factory=SmtpSettings)
