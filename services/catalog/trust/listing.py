"""Organisations with the keys of their issuers, and which of them others may trust on a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from services.catalog.domain import standing_on
from shared.contracts.events import IssuerKey
from shared.contracts.identifiers import is_test_oin
from shared.contracts.policy import Organisation


@dataclass(frozen=True, slots=True)
class Trusted:
    """An organisation as recorded, and every key that was ever published for it, oldest first."""

    organisation: Organisation
    version: int
    keys: tuple[IssuerKey, ...] = ()
    changed_at: datetime | None = None

    @property
    def dids(self) -> tuple[str, ...]:
        """Return every DID under which it issued; the newest first."""
        return tuple(dict.fromkeys(key.issuer for key in reversed(self.keys)))

    @property
    def is_test(self) -> bool:
        """Say whether what it issues has no value."""
        return is_test_oin(self.organisation.oin)

    def is_recognised(self, day: date) -> bool:
        """Say whether anybody recognises it on that day."""
        return standing_on(self.organisation, day).recognised


@dataclass(frozen=True, slots=True)
class Subject:
    """An issuer that may be trusted: one DID of a recognised organisation, and its good keys."""

    trusted: Trusted
    did: str
    keys: tuple[IssuerKey, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition of the list this is: it grows with every change, and changes at a moment."""

    sequence: int
    began_at: datetime | None = None
    changed_at: datetime | None = None


def subjects(listed: Iterable[Trusted], day: date) -> Iterator[Subject]:
    """Give the issuers that may be trusted on a day; without a good key nobody can check one."""
    for trusted in listed:
        if not trusted.is_recognised(day):
            continue
        for did in trusted.dids:
            keys = tuple(
                key for key in trusted.keys if key.issuer == did and key.compromised_at is None
            )
            if keys:
                yield Subject(trusted, did, keys)
