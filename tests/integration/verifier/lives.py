"""All that was ever said of seven credentials, whole as it was said, or as a broker keeps it.

Apart from the tests, because one broker and no broker are told the same.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from shared.contracts import topics
from shared.contracts.events import (
    Event,
    IssuerKeyCompromised,
    IssuerKeyPublished,
    IssuerKeyRetired,
    MicrocredentialArchived,
    MicrocredentialPublished,
    OrganisationRecorded,
    PolicyPublished,
    RegistrationCorrected,
    RegistrationErased,
    RegistrationRecorded,
    RegistrationState,
    RegistrationStatusChanged,
)
from shared.contracts.identifiers import credential_mark
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus
from shared.runtime.kafka import partition_of
from shared.runtime.letters import Message
from tests.integration.verifier.news import a_published_list
from tests.support.bus import in_envelope
from tests.unit.verifier.forge import (
    DID,
    LIST_URL,
    NOW,
    OIN,
    OTHER_KEY,
    changed,
    header,
    payload_of,
    put,
    sign,
)
from tests.unit.verifier.world import (
    a_microcredential,
    a_policy,
    a_registration,
    an_issuer_key,
    an_organisation,
    replacing,
)

ACTIVE, REVOKED, SUSPENDED, CORRECTED, ERASED, CORRECTED_AND_ERASED, STOLEN = range(7)
VERDICTS: Final = {
    ACTIVE: "valid",
    REVOKED: "revoked",
    SUSPENDED: "suspended",
    CORRECTED: "replaced",
    ERASED: "erased",
    CORRECTED_AND_ERASED: "erased",
    STOLEN: "altered",
}
PARTITIONS: Final = 4
_STOLEN_KID: Final = f"{DID}#{OTHER_KEY.public.thumbprint}"
_RAISED: Final = (REVOKED, CORRECTED, ERASED, CORRECTED_AND_ERASED)

Said = tuple[topics.Topic, str, Event | None]
"""A topic, a key, and an event or a tombstone."""


@cache
def token_of(number: int) -> str:
    """Make one of the seven credentials."""
    payload = changed(
        put("id", f"urn:uuid:{UUID(int=100 + number)}"),
        put("jti", f"urn:uuid:{UUID(int=100 + number)}"),
        put("credentialStatus/id", f"{LIST_URL}#{number}"),
        put("credentialStatus/statusListIndex", str(number)),
    )
    if number == STOLEN:
        return sign(payload, head=header(kid=_STOLEN_KID), key=OTHER_KEY)
    return sign(payload)


@cache
def all_that_was_said(*, marked: bool = True) -> tuple[Said, ...]:
    """Say everything, each topic in its order; as of old, erasures bear no marks."""
    events = [*_catalogue(), *_keys(), *_lists()]
    said: list[Said] = [(one.topic, one.subject, one) for one in events]
    for number in VERDICTS:
        said += _register(number, marked=marked)
    return tuple(said)


def a_crowd(number: int) -> Iterator[Said]:
    """Say of so many others that they are registered, so that reading it all takes a while."""
    for one in range(1000, 1000 + number):
        held = a_registration(b"").model_copy(
            update={"registration_id": UUID(int=one), "credential_id": UUID(int=10**6 + one)}
        )
        recorded = RegistrationRecorded(record_version=1, registration=held)
        yield recorded.topic, recorded.subject, recorded
        yield _state(held)


def as_kept(said: Sequence[Said], *, tombstones: bool) -> list[Said]:
    """Return what a broker keeps of it: of compacted topics the last of each key."""
    last = {(topic.name, key): place for place, (topic, key, _) in enumerate(said)}
    return [
        (topic, key, event)
        for place, (topic, key, event) in enumerate(said)
        if not topic.compacted
        or (last[topic.name, key] == place and (event is not None or tombstones))
    ]


def with_repeats(said: Sequence[Said], chance: random.Random) -> list[Said]:
    """Say again, now and then, what was said before."""
    repeated: list[Said] = []
    for one in said:
        repeated.append(one)
        if chance.random() < 0.4:
            repeated.append(chance.choice(repeated))
    return repeated


def as_batches(
    said: Iterable[Said], chance: random.Random, *, longest: int = 4, at: datetime = NOW
) -> Iterator[list[Message]]:
    """Lay it in partitions, and read these in any order, in batches of any size."""
    partitions: dict[tuple[str, int], list[Message]] = defaultdict(list)
    for topic, key, event in said:
        number = partition_of(key.encode(), PARTITIONS)
        laid = partitions[topic.name, number]
        value = in_envelope(event, at=at).to_bytes() if event else None
        laid.append(Message(topic.name, number, len(laid), key.encode(), value))
    while partitions:
        place = chance.choice(sorted(partitions))
        laid = partitions[place]
        size = chance.randint(1, longest)
        yield laid[:size]
        partitions[place] = laid[size:]
        if not partitions[place]:
            del partitions[place]


def _catalogue() -> Iterator[Event]:
    yield OrganisationRecorded(record_version=1, organisation=an_organisation(name="Eerst"))
    yield PolicyPublished(record_version=1, policy=a_policy())
    yield MicrocredentialPublished(record_version=1, microcredential=a_microcredential())
    yield MicrocredentialPublished(record_version=1, microcredential=a_microcredential(version=2))
    yield OrganisationRecorded(record_version=2, organisation=an_organisation())
    yield MicrocredentialArchived(record_version=2, microcredential=a_microcredential())


def _keys() -> Iterator[Event]:
    stolen = an_issuer_key().model_copy(
        update={"kid": _STOLEN_KID, "public_jwk": OTHER_KEY.public.jwk}
    )
    for key in (an_issuer_key(), stolen):
        yield IssuerKeyPublished(record_version=1, key=key)
    retired = {"retired_at": NOW - timedelta(days=9)}
    yield IssuerKeyRetired(record_version=2, key=stolen.model_copy(update=retired))
    compromised = {**retired, "compromised_at": NOW}
    yield IssuerKeyCompromised(record_version=3, key=stolen.model_copy(update=compromised))


def _lists() -> Iterator[Event]:
    for edition in range(1, len(_RAISED) + 1):
        yield a_published_list(*_RAISED[:edition], edition=edition)


def _register(number: int, *, marked: bool) -> Iterator[Said]:
    first = a_registration(payload_of(token_of(number))).model_copy(
        update={"registration_id": UUID(int=number + 1), "credential_id": UUID(int=100 + number)}
    )
    key, held = str(first.registration_id), first
    yield topics.REGISTRATIONS, key, RegistrationRecorded(record_version=1, registration=held)
    yield _state(held)
    if number in {CORRECTED, CORRECTED_AND_ERASED}:
        changes = replacing(held) | {"credential_id": UUID(int=200 + number)}
        held = held.model_copy(update=changes)
        yield topics.REGISTRATIONS, key, RegistrationCorrected(record_version=2, registration=held)
        yield _state(held)
    if number in {REVOKED, SUSPENDED}:
        status = RegistrationStatus.REVOKED if number == REVOKED else RegistrationStatus.SUSPENDED
        held = held.model_copy(update={"record_version": 2, "status": status})
        changed_now = RegistrationStatusChanged(record_version=2, registration=held)
        yield topics.REGISTRATIONS, key, changed_now
        yield _state(held)
    if number in {ERASED, CORRECTED_AND_ERASED}:
        erased = RegistrationErased(
            record_version=held.record_version + 1,
            registration_id=held.registration_id,
            organisation=OIN,
            erased_at=NOW,
            known_by=tuple(map(credential_mark, held.credential_ids)) if marked else None,
        )
        yield topics.REGISTRATIONS, key, erased
        yield topics.REGISTRATIONS_STATE, key, None


def _state(held: Registration) -> Said:
    event = RegistrationState(record_version=held.record_version, registration=held)
    return event.topic, event.subject, event
