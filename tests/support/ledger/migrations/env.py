"""Alembic's way in."""

from shared.runtime.migrations import run_env
from tests.support.ledger.tables import metadata

run_env(metadata)
