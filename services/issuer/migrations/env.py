"""Where alembic finds the issuer's tables."""

from services.issuer.tables import METADATA
from shared.runtime.migrations import run_env

run_env(METADATA)
