"""Snapshots of the register: what one says of itself, and when it is time for another.

A snapshot is a file, in more forms than one, with the last state of every registration there was at
one sequence number. With the events after that number it is the register: what was erased since
stands in the file no more if the file was made later, and is told as erased anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.errors import NotFoundError, UnavailableError

AT_LEAST: Final = timedelta(hours=1)
"""How far snapshots are apart at least, and how long one can be fetched after the next is there."""


class SnapshotUnknownError(NotFoundError):
    """There is no such snapshot, or no longer; the latest one has all there is."""

    code = "snapshot-unknown"
    dutch = "Deze momentopname is er niet, of niet meer; de nieuwste heeft alles."


class FormUnknownError(NotFoundError):
    """This snapshot is not there in this form; what it says of itself names those it has."""

    code = "snapshot-form-unknown"
    dutch = "Deze momentopname is er niet in deze vorm; wat zij van zichzelf zegt, noemt wat er is."


class TooManyDownloadsError(UnavailableError):
    """Too many snapshots are being fetched at this moment; try again later."""

    code = "too-many-downloads"
    dutch = "Er worden nu te veel momentopnamen opgehaald; probeer het later opnieuw."


class Form(StrEnum):
    """How the file is packed: gzip opens everywhere, zstd is smaller and ten times sooner made."""

    GZIP = "gzip"
    ZSTD = "zstd"


@dataclass(frozen=True, slots=True)
class PackedFile:
    """The file in one form: its size in octets, and its SHA-256."""

    size: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a snapshot says of itself; it is there in gzip always."""

    sequence: int
    taken_at: datetime
    registrations: int
    files: Mapping[Form, PackedFile]

    def file(self, form: Form) -> PackedFile:
        """Return what is known of the file in a form, or raise FormUnknownError."""
        if form not in self.files:
            raise FormUnknownError
        return self.files[form]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterNow:
    """What was recorded since the last snapshot: up to where, and whether anything was erased."""

    sequence: int
    has_erased: bool


def is_due(
    latest: Snapshot | None, register: RegisterNow, *, now: datetime, every: timedelta
) -> bool:
    """Say whether it is time for another snapshot.

    One that still says what was erased is replaced as soon as it may be.
    """
    if latest is None:
        return True
    if latest.sequence >= register.sequence:
        return False
    age = now - latest.taken_at
    return age >= every or (register.has_erased and age >= AT_LEAST)


def may_replaced_go(latest: Snapshot, *, now: datetime) -> bool:
    """Say whether earlier snapshots may go: who began to fetch one had time to finish."""
    return now - latest.taken_at >= AT_LEAST
