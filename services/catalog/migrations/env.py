"""Where alembic finds the catalogue's tables."""

from services.catalog.tables import METADATA
from shared.runtime.migrations import run_env

run_env(METADATA)
