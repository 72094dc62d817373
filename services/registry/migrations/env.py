"""Where alembic finds the register's tables."""

from services.registry.tables import Base
from shared.runtime.migrations import run_env

run_env(Base.metadata)
