"""The bodies of the catalogue's own API; records that cross borders are contracts.

`bodies` holds the models, `examples` what they look like in the OpenAPI document.
"""

from services.catalog.schemas import examples
from services.catalog.schemas.bodies import (
    ArchivedMicrocredential,
    ArchiveMicrocredential,
    DraftAnswer,
    DraftMicrocredential,
    FindingAnswer,
    MicrocredentialAnswer,
    MicrocredentialState,
)
from services.catalog.schemas.organisations import RecordOrganisation
from services.catalog.schemas.policies import PublishPolicyVersion

__all__ = [
    "ArchiveMicrocredential",
    "ArchivedMicrocredential",
    "DraftAnswer",
    "DraftMicrocredential",
    "FindingAnswer",
    "MicrocredentialAnswer",
    "MicrocredentialState",
    "PublishPolicyVersion",
    "RecordOrganisation",
    "examples",
]
