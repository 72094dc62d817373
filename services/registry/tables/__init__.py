"""The register's tables, and no other service's."""

from services.registry.tables.catalogue import organisation
from services.registry.tables.log import log_entry, log_pending, log_state, log_tile
from services.registry.tables.metadata import Base
from services.registry.tables.registrations import (
    ErasedRegistrationRow,
    FactRow,
    RegistrationRow,
)
from services.registry.tables.witnesses import (
    log_checkpoint,
    log_cosignature,
    log_hold,
    log_key,
    log_witness,
)

__all__ = [
    "Base",
    "ErasedRegistrationRow",
    "FactRow",
    "RegistrationRow",
    "log_checkpoint",
    "log_cosignature",
    "log_entry",
    "log_hold",
    "log_key",
    "log_pending",
    "log_state",
    "log_tile",
    "log_witness",
    "organisation",
]
