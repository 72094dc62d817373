"""The NL GOV profile for CloudEvents (1.1), held against an event of every type as it is sent.

Rules from Logius-standaarden/NL-GOV-profile-for-CloudEvents; each test names the attribute that its
rules are about. Samples are complete: a new type without one fails.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from pydantic import AnyHttpUrl

from services.registry.domain.facts import kind_of, record_erasure, record_facts
from services.registry.domain.registrations import decide_registration
from shared.contracts.events import (
    EVENTS,
    Event,
    IssuerKey,
    IssuerKeyCompromised,
    IssuerKeyPublished,
    IssuerKeyRetired,
    MicrocredentialArchived,
    MicrocredentialPublished,
    OrganisationRecorded,
    PolicyPublished,
    RegistrationErased,
    StatusListPublished,
)
from shared.contracts.policy import Framework, Policy
from shared.contracts.publish import FOLDER
from shared.contracts.vocabulary import LocalText, Sector, StudyLoadUnit
from shared.proofs.log_entries import EntryKind
from shared.runtime.outbox import LARGEST_EVENT, Envelopes
from tests.support.awards import (
    NOW,
    an_award,
    corrected,
    erased,
    expired,
    granted,
    reinstated,
    revoked,
    suspended,
)
from tests.support.issuing import a_microcredential, a_provider
from tests.support.results import an_offering

SOURCE: Final = "urn:nld:oin:00000099000000000000:systeem:{system}"
REQUIRED: Final = {"id", "source", "specversion", "type"}
OPTIONAL: Final = {
    *("datacontenttype", "dataschema", "subject", "time"),
    *("dataref", "sequence", "sequencetype"),
}
OF_A_PERSON: Final = re.compile(
    r"(?i)(^|[a-z])(given|family|first|last|sur|full)[_-]?name|e?mail|birth|bsn|edu_?id|address"
)
Envelope = dict[str, Any]


def of_keys_and_lists() -> Iterator[Event]:
    """Give an event of every type about what an issuer signs with."""
    key = IssuerKey(
        kid="did:web:issuer.example.nl#" + "k" * 43,
        issuer="did:web:issuer.example.nl",
        organisation="00000099000000210000",
        public_jwk={"kty": "EC", "crv": "P-256", "x": "x" * 43, "y": "y" * 43},
        published_at=NOW,
    )
    yield IssuerKeyPublished(record_version=1, key=key)
    yield IssuerKeyRetired(record_version=2, key=key)
    yield IssuerKeyCompromised(record_version=3, key=key)
    yield StatusListPublished(
        record_version=1,
        url=AnyHttpUrl("https://issuer.example.nl/status-lists/00000099000000210000/1"),
        organisation="00000099000000210000",
        signed="eyJ.e30.AA",
    )


def samples() -> Iterator[Event]:
    """Give an event of every type that another service than the register announces."""
    policy = Policy(
        policy_id="wo",
        version=1,
        sector=Sector.WO,
        valid_from=date(2025, 5, 1),
        unit=StudyLoadUnit.ECTS,
        minimum=Decimal(1),
        step=Decimal("0.5"),
        required_elements=(),
        framework=Framework(
            name=LocalText(nl="Kwaliteitskader"),
            version="2.0",
            url=AnyHttpUrl("https://kader.example.nl/2.0.pdf"),
            sha256="ab" * 32,
        ),
    )
    award = an_award()
    yield OrganisationRecorded(record_version=1, organisation=a_provider())
    yield PolicyPublished(record_version=1, policy=policy)
    yield MicrocredentialPublished(record_version=1, microcredential=a_microcredential())
    yield MicrocredentialArchived(record_version=2, microcredential=a_microcredential())
    yield an_offering()
    yield from of_keys_and_lists()
    yield granted(award)
    yield corrected(award)
    yield suspended(award.award_id)
    yield reinstated(award.award_id)
    yield revoked(award.award_id)
    yield expired(award.award_id)
    yield erased(award.award_id)


def registered() -> Iterator[bytes]:
    """Give an event of every type that the register announces, as its log has them written."""
    award = an_award()
    entry = decide_registration(award, award_id=award.award_id, now=NOW)
    kinds = [
        EntryKind.ISSUED,
        kind_of(corrected(award)),
        kind_of(suspended(award.award_id)),
        kind_of(revoked(award.award_id)),
    ]
    facts = record_facts([(kind, entry.registration) for kind in kinds])
    gone = RegistrationErased(
        record_version=5,
        registration_id=award.award_id,
        organisation=award.organisation,
        erased_at=NOW,
    )
    source = SOURCE.format(system="registry")
    everything = [*facts, record_erasure(gone, now=NOW)]
    for index, fact in enumerate(everything):
        yield fact.as_event(index, source=source)
        if (state := fact.as_state(index, source=source)) is not None:
            yield state


def written() -> list[bytes]:
    """Return every sample as its own system sends it."""
    systems = {"catalog": "catalog", "issuer-keys": "issuer", "status-lists": "issuer"}
    sent = []
    for event in samples():
        system = systems.get(event.topic.name, "issuer")
        envelopes = Envelopes(SOURCE.format(system=system), moment=NOW, dataref=None)
        sent.append(envelopes.around(event)[1])
    return sent + list(registered())


SENT: Final[list[Envelope]] = [json.loads(one) for one in written()]
every_event = pytest.mark.parametrize("event", SENT, ids=[one["type"] for one in SENT])


def test_there_is_a_sample_of_every_type() -> None:
    assert {one["type"] for one in SENT} == {event.type_() for event in EVENTS}


@every_event
def test_the_attributes_are_those_of_the_profile(event: Envelope) -> None:
    attributes = set(event) - {"data"}

    assert attributes >= REQUIRED
    assert attributes <= REQUIRED | OPTIONAL
    assert all(re.fullmatch(r"[a-z0-9]{1,20}", name) for name in attributes)
    assert event["specversion"] == "1.0"
    assert all(value not in (None, "") for value in event.values())


@every_event
def test_the_id_is_a_uuid(event: Envelope) -> None:
    assert str(UUID(event["id"])) == event["id"]


def test_no_id_comes_twice_from_one_source() -> None:
    ids = [(one["source"], one["id"]) for one in SENT]

    assert len(ids) == len(set(ids))


@every_event
def test_the_source_is_an_organisation_by_its_oin_and_then_a_system(event: Envelope) -> None:
    assert re.fullmatch(r"urn:nld:oin:[0-9A-Z]{20}:systeem:[a-z]+", event["source"])
    assert "//" not in event["source"]


@every_event
def test_the_type_is_reversed_names_no_organisation_and_has_one_version(event: Envelope) -> None:
    assert re.fullmatch(r"nl\.microcredentials\.[a-z]+(-[a-z]+)*\.v[1-9][0-9]*", event["type"])
    assert len(re.findall(r"v[0-9]+", event["type"])) == 1
    assert not re.search(r"waarmerk|duo|surf|ocw|npuls|edubadges", event["type"])


@every_event
def test_the_meaning_of_a_type_can_be_looked_up_and_its_data_is_as_said(event: Envelope) -> None:
    base, _, name = event["dataschema"].rpartition("/")
    schema = json.loads((FOLDER / name).read_text(encoding="utf-8"))

    assert base.endswith("/contracts/v1")
    assert schema["$id"] == event["dataschema"]
    assert schema["title"] == event["type"]
    assert schema["description"]
    assert [
        fault.message for fault in Draft202012Validator(schema).iter_errors(event["data"])
    ] == []
    assert event["datacontenttype"] == "application/json"


@every_event
def test_the_envelope_is_as_it_is_published(event: Envelope) -> None:
    schema = json.loads((FOLDER / "cloudevent.schema.json").read_text(encoding="utf-8"))

    assert [fault.message for fault in Draft202012Validator(schema).iter_errors(event)] == []


@every_event
def test_the_time_is_when_it_was_logged_with_its_zone(event: Envelope) -> None:
    assert datetime.fromisoformat(event["time"]) == NOW
    assert datetime.fromisoformat(event["time"]).tzinfo == UTC


@every_event
def test_only_the_register_counts_and_it_counts_in_order_of_text(event: Envelope) -> None:
    if event["source"].endswith(":registry"):
        assert re.fullmatch(r"[0-9]{16}", event["sequence"])
        assert int(event["sequence"]) >= 1
        # "Integer" would be 32 bits; without it text is compared, and zeros make that right.
        assert "sequencetype" not in event
    else:
        assert "sequence" not in event


@every_event
def test_no_attribute_and_no_name_of_a_member_is_about_a_person(event: Envelope) -> None:
    attributes = json.dumps({name: event[name] for name in event if name != "data"})
    assert not re.search(r"[^\s\"]+@[^\s\"]+\.[a-z]+", attributes)
    assert not re.fullmatch(r"\d{8,9}", event["subject"])
    if not event["source"].endswith(":catalog"):
        assert [name for name in members(event["data"]) if OF_A_PERSON.search(name)] == []


@pytest.mark.parametrize("raw", written(), ids=[one["type"] for one in SENT])
def test_an_event_fits_what_every_intermediary_forwards(raw: bytes) -> None:
    assert len(raw) <= LARGEST_EVENT == 64 * 1024
    assert json.loads(raw.decode("utf-8"))


def test_the_rules_here_are_those_of_the_reference(shared_material: Path) -> None:
    rules = json.loads(
        (
            shared_material / "data/netherlands/cloudevents/nl-gov-cloudevents-profile-rules.json"
        ).read_text(encoding="utf-8")
    )

    assert set(rules["required"]) == REQUIRED
    assert set(rules["optional"]) == OPTIONAL


def test_a_member_about_a_person_would_be_seen() -> None:
    found = members({"award": {"learner": {"givenName": "Jo", "email": "x"}}, "list": [{"bsn": 1}]})

    assert [name for name in found if OF_A_PERSON.search(name)] == ["givenName", "email", "bsn"]


def members(data: Any) -> list[str]:
    """Return the name of every member below some data, in order."""
    if isinstance(data, dict):
        return [name for key, value in data.items() for name in (key, *members(value))]
    if isinstance(data, list):
        return [name for item in data for name in members(item)]
    return []
