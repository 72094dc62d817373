"""The register's tables, and no other service's."""

from services.registry.tables.log import log_entry, log_pending, log_state, log_tile
from services.registry.tables.metadata import Base
from services.registry.tables.registrations import (
    ErasedRegistrationRow,
    FactRow,
    RegistrationRow,
)

__all__ = [
    "Base",
    "ErasedRegistrationRow",
    "FactRow",
    "RegistrationRow",
    "log_entry",
    "log_pending",
    "log_state",
    "log_tile",
]
