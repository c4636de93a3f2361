"""What every deployment decides; each room adds its own settings beside these."""

from pydantic import AnyHttpUrl, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class KafkaSettings(BaseModel):
    """Where the topics are (`PILOTAGE_KAFKA__…`)."""

    bootstrap_servers: str = Field(description="host:port of the brokers, comma separated")
    prefix: str = Field(default="", description="put before the names of topics and groups on shared brokers")
    replication: int = Field(default=1, description="replicas of each topic")
    session_timeout_ms: int = Field(default=10_000, description="silence after which a worker is taken for dead")


class DatabaseSettings(BaseModel):
    """Where the rooms remember (`PILOTAGE_DATABASE__…`)."""

    url: SecretStr = Field(description="postgresql+asyncpg://user:password@host:port/name")
    pool_size: int = Field(default=10, description="connections of one process to PostgreSQL, per room")
    statement_timeout_ms: int = Field(default=60_000, description="a statement longer than this is cancelled")


class Settings(BaseSettings):
    """Read from the environment, prefix `PILOTAGE_`; no secret has a default."""

    model_config = SettingsConfigDict(env_prefix="PILOTAGE_", env_nested_delimiter="__", extra="ignore")

    kafka: KafkaSettings
    database: DatabaseSettings
    secret_key: SecretStr = Field(min_length=32, description="signs the sessions; the same for all processes")
    public_url: AnyHttpUrl = Field(description="where users reach the pages; used in mails")
    simulation: bool = Field(default=False, description="the clock is driven day by day by a load")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")

    @property
    def is_behind_tls(self) -> bool:
        return self.public_url.scheme == "https"

    @property
    def base_url(self) -> str:
        return str(self.public_url).rstrip("/")
