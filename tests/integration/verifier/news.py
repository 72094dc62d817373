"""What the others announce, for a verifier to hear."""

from shared.contracts.events import (
    Event,
    IssuerKeyPublished,
    MicrocredentialPublished,
    OrganisationRecorded,
    PolicyPublished,
    RegistrationState,
    StatusListPublished,
)
from shared.contracts.vocabulary import RegistrationStatus
from tests.unit.verifier.forge import LIST_URL, OIN, a_list, payload_of
from tests.unit.verifier.world import (
    a_microcredential,
    a_policy,
    a_registration,
    an_issuer_key,
    an_organisation,
    replacing,
)


def a_published_list(*raised: int, edition: int = 1) -> StatusListPublished:
    """Announce an edition of the status list."""
    return StatusListPublished(
        record_version=edition,
        url=LIST_URL,  # type: ignore[arg-type] # pydantic reads it
        organisation=OIN,
        signed=a_list(*raised),
    )


def a_state(
    token: str,
    *,
    status: RegistrationStatus = RegistrationStatus.ACTIVE,
    version: int = 1,
    replaced: bool = False,
) -> RegistrationState:
    """Announce what the register holds of a token, or of what replaced it."""
    held = a_registration(payload_of(token), status=status)
    if replaced:
        held = held.model_copy(update=replacing(held))
    return RegistrationState(record_version=version, registration=held)


def everything_about(token: str) -> tuple[Event, ...]:
    """Announce all a verdict on this token rests on."""
    return (
        OrganisationRecorded(record_version=1, organisation=an_organisation()),
        PolicyPublished(record_version=1, policy=a_policy()),
        MicrocredentialPublished(record_version=1, microcredential=a_microcredential()),
        IssuerKeyPublished(record_version=1, key=an_issuer_key()),
        a_published_list(),
        a_state(token),
    )
