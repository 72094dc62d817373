"""Where alembic finds the verifier's tables."""

from services.verifier.tables import Base
from shared.runtime.migrations import run_env

run_env(Base.metadata)
