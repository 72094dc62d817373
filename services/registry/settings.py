"""What the register is told by its surroundings."""

from typing import ClassVar

from shared.runtime.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings every service has; the register needs no others."""

    service: ClassVar[str] = "registry"
