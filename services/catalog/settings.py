"""What the catalogue is told by its surroundings, besides what every service is told."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from shared.runtime.settings import ServiceSettings

SEED_FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "seed"


class Settings(ServiceSettings):
    """The settings of the catalogue."""

    service: ClassVar[str] = "catalog"

    seed_folder: Path = Field(
        default=SEED_FOLDER, description="the folder with what a new installation begins with"
    )
