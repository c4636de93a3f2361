"""What the deployment decides for compliance, beyond what it decides for every room."""

from datetime import date

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.compliance.domain.audits.planning import Periodicity


class AuditSettings(BaseSettings):
    """How often audits are due (`PILOTAGE_AUDITS__…`)."""

    model_config = SettingsConfigDict(env_prefix="PILOTAGE_AUDITS__", extra="ignore")

    first_by: date = Field(default=date(2006, 12, 31), description="until when everybody is audited once")
    least_years: int = Field(default=3, ge=1, description="from one audit of a member to the next, at least")
    most_years: int = Field(default=5, ge=1, description="and at most")

    @property
    def periodicity(self) -> Periodicity:
        return Periodicity(self.first_by, self.least_years, self.most_years)
