"""The registry of issuers as the Digital Credentials Consortium writes it (`dcc-legacy`).

One JSON object: `meta`, and `registry` with name, location and url by DID. It knows no periods and
no keys, so it names only who is recognised today.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from babel import Locale

from services.catalog.trust.listing import Edition, Subject
from shared.contracts.credential import stamp
from shared.contracts.policy import Organisation
from shared.strict_json import JsonObject


def registry(listed: Iterable[Subject], *, edition: Edition, public_url: str) -> JsonObject:
    """Write the registry; `test` marks issuers whose credentials have no value."""
    meta: JsonObject = {"sequence": edition.sequence}
    meta |= _moments(created=edition.began_at, updated=edition.changed_at)
    return {"meta": meta, "registry": {one.did: _entry(one, public_url) for one in listed}}


def _moments(**moments: datetime | None) -> JsonObject:
    return {name: stamp(moment) for name, moment in moments.items() if moment is not None}


def _entry(subject: Subject, public_url: str) -> JsonObject:
    organisation = subject.trusted.organisation
    entry: JsonObject = {
        "name": organisation.name.best("en"),
        "location": location(organisation),
        "url": page_of(organisation, public_url),
    }
    return entry | {"test": True} if subject.trusted.is_test else entry


def page_of(organisation: Organisation, public_url: str) -> str:
    """Return where a person reads more: its own site, or else what is recorded of it."""
    if organisation.website is not None:
        return str(organisation.website)
    return f"{public_url}/v1/organisations/{organisation.oin}"


def location(organisation: Organisation) -> str:
    """Return where it is, for people: the city if known, and the country in English."""
    country = _countries().get(organisation.country, organisation.country)
    return f"{organisation.city}, {country}" if organisation.city else country


@cache
def _countries() -> dict[str, str]:
    return dict(Locale("en").territories.items())
