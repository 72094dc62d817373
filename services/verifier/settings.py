"""What the verifier is told by its surroundings."""

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from shared.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    """What every service has, and how old our knowledge may be before we stop saying "valid"."""

    service: ClassVar[str] = "verifier"

    knowledge_hours: float = Field(
        default=24,
        gt=0,
        description="knowledge older than this is never enough for a green verdict",
    )
    refresh_seconds: float = Field(
        default=0.25, ge=0, description="how often at most we ask whether something has changed"
    )

    @property
    def patience(self) -> timedelta:
        """Return how old the newest knowledge may be."""
        return timedelta(hours=self.knowledge_hours)
