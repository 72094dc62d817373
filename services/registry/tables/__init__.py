"""The register's tables, and no other service's."""

from services.registry.tables.catalogue import organisation
from services.registry.tables.consultations import (
    consultation,
    consumer_key,
    erasure_term,
    restricted_opening,
    restricted_registration,
)
from services.registry.tables.log import (
    log_entry,
    log_pending,
    log_state,
    log_telling,
    log_tile,
)
from services.registry.tables.metadata import Base
from services.registry.tables.registrations import (
    ErasedRegistrationRow,
    FactRow,
    RegistrationRow,
)
from services.registry.tables.snapshot_forms import snapshot_form, snapshot_form_part
from services.registry.tables.snapshots import snapshot, snapshot_part
from services.registry.tables.subscriptions import (
    delivery,
    delivery_attempt,
    subscription,
    subscription_key,
)
from services.registry.tables.tallies import statistics_edition, tally, tally_place
from services.registry.tables.witnesses import (
    log_checkpoint,
    log_cosignature,
    log_hold,
    log_key,
    log_recovery,
    log_witness,
)

__all__ = [
    "Base",
    "ErasedRegistrationRow",
    "FactRow",
    "RegistrationRow",
    "consultation",
    "consumer_key",
    "delivery",
    "delivery_attempt",
    "erasure_term",
    "log_checkpoint",
    "log_cosignature",
    "log_entry",
    "log_hold",
    "log_key",
    "log_pending",
    "log_recovery",
    "log_state",
    "log_telling",
    "log_tile",
    "log_witness",
    "organisation",
    "restricted_opening",
    "restricted_registration",
    "snapshot",
    "snapshot_form",
    "snapshot_form_part",
    "snapshot_part",
    "statistics_edition",
    "subscription",
    "subscription_key",
    "tally",
    "tally_place",
]
