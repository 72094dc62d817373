"""Comparing a copy of the register with the register itself, from outside, by counts and digests.

1. The copy is read line by line and added up as the register does; memory stays flat.
2. The register must have counted up to where the copy is; else what it says is asked again.
3. Only where both differ is the copy read again, and the register asked for each registration.
4. What changed after the position of the copy says nothing of it: that is still to be heard.
5. What the copy has and the register did not name is asked for by its id; it may be new.
"""

import gzip
import io
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

import httpx
import zstandard
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from services.registry.domain.tallies import Standing, Sum, day_of

PAGE: Final = 100
PATIENCE_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 1.0
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_PIECE: Final = 1 << 18
Place = tuple[str, date]
"""Whose registrations, and of which day."""


class CopyUnreadableError(Exception):
    """The copy cannot be read; the sentence says where and why."""


class RegisterSilentError(Exception):
    """The register did not answer, or not what a register answers."""


class Kind(StrEnum):
    """How a copy differs from the register in one registration."""

    MISSING = "missing"
    EXTRA = "extra"
    OLD = "old"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One registration that the copy does not have as the register has it."""

    kind: Kind
    registration_id: UUID
    organisation: str
    day: date
    ours: int | None
    theirs: int | None


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What came out of it; `later` counts what changed after the position of the copy."""

    registrations: int = 0
    sequence: int = 0
    later: int = 0
    differences: list[Difference] = field(default_factory=list)


class _Held(BaseModel):
    """What is read of a line of the copy; all else of it is passed over."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    registration_id: UUID
    record_version: int = Field(ge=1)
    status: str
    credential_digest: str
    organisation: str
    recorded_at: datetime

    @property
    def place(self) -> Place:
        return self.organisation, day_of(self.recorded_at)

    @property
    def standing(self) -> Standing:
        return Standing(
            registration_id=self.registration_id,
            record_version=self.record_version,
            status=self.status,
            credential_digest=self.credential_digest,
        )


class _Position(BaseModel):
    """The first line of a copy that says how far it is."""

    model_config = ConfigDict(extra="forbid")

    sequence: int = Field(ge=0)


@dataclass(frozen=True, slots=True)
class Copy:
    """A consumer's copy: NDJSON, perhaps in gzip or zstd, a registration on each line."""

    path: Path

    def find_position(self) -> int | None:
        """Return how far the copy says it is; None when it does not say."""
        with self._lines() as lines:
            first = next(lines, "")
        try:
            return _Position.model_validate_json(first).sequence
        except ValidationError:
            return None

    def read(self) -> Iterator[_Held]:
        """Return what each line holds, in turn."""
        is_told = self.find_position() is not None
        with self._lines() as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip() or (number == 1 and is_told):
                    continue
                try:
                    yield _Held.model_validate_json(line)
                except ValidationError as error:
                    fault = error.errors()[0]
                    where = ".".join(map(str, fault["loc"])) or "the line"
                    raise CopyUnreadableError(
                        f"Line {number} is no registration: {where}: {fault['msg']}."
                    ) from None

    @contextmanager
    def _lines(self) -> Iterator[Iterator[str]]:
        try:
            with self.path.open("rb") as raw:
                beginning = raw.peek(len(_ZSTD))
                if beginning.startswith(_ZSTD):
                    yield _unpacked_lines(raw)
                    return
                octets = gzip.GzipFile(fileobj=raw) if beginning.startswith(_GZIP) else raw
                with io.TextIOWrapper(octets, encoding="utf-8") as lines:
                    yield iter(lines)
        except (OSError, EOFError, UnicodeDecodeError, zstandard.ZstdError) as error:
            reason = type(error).__name__
            raise CopyUnreadableError(f"The copy cannot be read ({reason}).") from None


def _unpacked_lines(packed: IO[bytes]) -> Iterator[str]:
    """Return the lines of a file in zstd; one that was cut off is an error, as it is in gzip."""
    spring, left = zstandard.ZstdDecompressor().decompressobj(), b""
    while piece := packed.read(_PIECE):
        *lines, left = (left + spring.decompress(piece)).split(b"\n")
        yield from (line.decode() for line in lines)
    if not spring.eof:
        raise EOFError
    yield left.decode()


class RegisterClient:
    """The register as anybody may ask it."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def read_tallies(self) -> tuple[int, dict[Place, tuple[int, int]]]:
        """Return every count and digest, and the least sequence number they are of."""
        found: dict[Place, tuple[int, int]] = {}
        sequences = []
        for page in self._pages("/v1/reconciliations"):
            sequences.append(int(page["sequence"]))
            for one in page["items"]:
                place = one["organisation"], date.fromisoformat(one["day"])
                found[place] = one["registrations"], int(one["digest"], 16)
        return min(sequences), found

    def read_members(self, place: Place) -> dict[UUID, tuple[int, Standing | None]]:
        """Return the sequence number and the standing of each registration; None when erased."""
        organisation, day = place
        found: dict[UUID, tuple[int, Standing | None]] = {}
        for page in self._pages(f"/v1/reconciliations/{organisation}/{day}"):
            for one in page["items"]:
                about = UUID(one["registrationId"])
                standing = Standing(
                    registration_id=about,
                    record_version=one["recordVersion"],
                    status=one["status"],
                    credential_digest=one.get("credentialDigest", ""),
                )
                is_erased = one["status"] == "erased"
                found[about] = int(one["sequence"]), None if is_erased else standing
        return found

    def find_standing(self, registration_id: UUID) -> Standing | None:
        """Return the standing of one registration now; None when there is none, or no longer."""
        answer = self._get(f"/v1/registrations/{registration_id}", {})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return _Held.model_validate(self._read(answer)).standing

    def _pages(self, path: str) -> Iterator[Any]:
        asked = {"limit": str(PAGE)}
        while True:
            page = self._read(self._get(path, asked))
            yield page
            if page.get("next") is None:
                return
            asked["cursor"] = page["next"]

    def _get(self, path: str, asked: Mapping[str, str]) -> httpx.Response:
        try:
            return self._client.get(path, params=dict(asked))
        except httpx.HTTPError as error:
            raise RegisterSilentError(f"No answer ({type(error).__name__}).") from None

    @staticmethod
    def _read(answer: httpx.Response) -> Any:  # noqa: ANN401 - JSON
        if answer.status_code != httpx.codes.OK:
            raise RegisterSilentError(f"It answered {answer.status_code}.")
        return answer.json()


def compare(copy: Copy, register: RegisterClient, *, position: int | None) -> Comparison:
    """Say in which registrations a copy differs from the register, up to its position."""
    ours: defaultdict[Place, Sum] = defaultdict(Sum)
    outcome = Comparison()
    for held in copy.read():  # 1
        ours[held.place].add(held.standing)
        outcome.registrations += 1
    outcome.sequence, theirs = _read_tallies(register, position or 0)  # 2
    places = {
        place
        for place in ours.keys() | theirs.keys()
        if (ours[place].registrations, ours[place].total) != theirs.get(place, (0, 0))
    }
    if places:
        _compare_places(copy, register, places, outcome, position=position)  # 3
    return outcome


def _read_tallies(
    register: RegisterClient, position: int
) -> tuple[int, dict[Place, tuple[int, int]]]:
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        sequence, found = register.read_tallies()
        if sequence >= position:
            return sequence, found
        if time.monotonic() > ends:
            raise RegisterSilentError("It has not counted as far as the copy is.")
        time.sleep(PAUSE_SECONDS)


def _compare_places(
    copy: Copy,
    register: RegisterClient,
    places: set[Place],
    outcome: Comparison,
    *,
    position: int | None,
) -> None:
    held: defaultdict[Place, dict[UUID, Standing]] = defaultdict(dict)
    twice: Counter[tuple[Place, UUID]] = Counter()
    for one in copy.read():
        if one.place in places:
            held[one.place][one.registration_id] = one.standing
            twice[one.place, one.registration_id] += 1
    for place in sorted(places):
        members = register.read_members(place)
        for about in sorted(held[place].keys() | members.keys(), key=str):
            ours = held[place].get(about)
            sequence, theirs = members.get(about, (0, None))
            if about not in members:
                theirs = register.find_standing(about)  # 5
            is_twice = twice[place, about] > 1
            if ours == theirs and not is_twice:
                continue
            if position is not None and sequence > position:  # 4
                outcome.later += 1
                continue
            outcome.differences.append(
                Difference(
                    kind=Kind.EXTRA if is_twice else _kind(ours, theirs),
                    registration_id=about,
                    organisation=place[0],
                    day=place[1],
                    ours=ours.record_version if ours else None,
                    theirs=theirs.record_version if theirs else None,
                )
            )


def _kind(ours: Standing | None, theirs: Standing | None) -> Kind:
    if ours is None:
        return Kind.MISSING
    if theirs is None:
        return Kind.EXTRA
    return Kind.OLD if ours.record_version < theirs.record_version else Kind.DIFFERENT
