"""C2SP tlog-policy: whom we believe about a log: its keys, its witnesses, and how many of those.

Apart from who asks, because the same file serves whoever checks a proof and whoever audits the log.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.proofs.lines import TextRefusedError
from shared.proofs.notes import (
    Note,
    NoteKey,
    NoteUnsignedError,
    SignatureType,
    open_note,
    parse_vkey,
)

NONE: Final = "none"
MAX_BYTES: Final = 1_000_000
_OCTETS: Final = re.compile(rb"[\x09\x0a\x20-\x7e\x80-\xff]*")
_OF_LOG: Final = frozenset({SignatureType.ED25519, SignatureType.ML_DSA_COSIGNATURE})
_OF_WITNESS: Final = frozenset({SignatureType.COSIGNATURE, SignatureType.ML_DSA_COSIGNATURE})


class PolicyRefusedError(ValueError):
    """This is not a policy for a log, as C2SP tlog-policy writes one; it says at which line."""

    def __init__(self, line: int, reason: str) -> None:
        """Say what is wrong, and where."""
        super().__init__(f"line {line}: {reason}" if line else reason)


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses, or groups of them, of which at least so many must have cosigned."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The logs and the witnesses we know, and what it takes to believe a checkpoint."""

    logs: tuple[NoteKey, ...] = ()
    witnesses: Mapping[str, NoteKey] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    @property
    def keys(self) -> tuple[NoteKey, ...]:
        """Every key that may sign: of logs and of witnesses."""
        return (*self.logs, *self.witnesses.values())

    def cosigners(self, note: Note) -> frozenset[str]:
        """Name the witnesses that cosigned; raises NoteForgedError when one of them did not."""
        try:
            signed = {one.key for one in open_note(note, self.witnesses.values())}
        except NoteUnsignedError:
            signed = set()
        return frozenset(name for name, key in self.witnesses.items() if key in signed)

    def is_met(self, cosigners: Collection[str]) -> bool:
        """Say whether these witnesses together are the quorum."""
        return self.quorum == NONE or self._holds(self.quorum, cosigners)

    def _holds(self, name: str, cosigners: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigners
        return sum(self._holds(one, cosigners) for one in group.members) >= group.least


def policy_of(logs: Sequence[str], witnesses: Sequence[str], quorum: int | None) -> Policy:
    """Make a policy of keys as they are published; without a number all witnesses are the quorum.

    Raises PolicyRefusedError.
    """
    least = len(witnesses) if quorum is None else quorum
    if not 0 <= least <= len(witnesses):
        raise PolicyRefusedError(0, f"a quorum of {least} is not among {len(witnesses)} witnesses")
    lines = [f"log {vkey}" for vkey in logs]
    lines += (f"witness w{number} {vkey}" for number, vkey in enumerate(witnesses))
    if least:
        names = " ".join(f"w{number}" for number in range(len(witnesses)))
        lines.append(f"group all-of-them {least} {names}")
    lines.append("quorum all-of-them" if least else "quorum none")
    return read_policy("\n".join(lines).encode() + b"\n")


def read_policy(raw: bytes) -> Policy:
    """Read the file of a policy, or raise PolicyRefusedError."""
    if len(raw) > MAX_BYTES or not _OCTETS.fullmatch(raw):
        raise PolicyRefusedError(0, "a policy is text, without control characters")
    reading = _Reading()
    # Names are octets; Latin-1 keeps each of them apart and is written back the same.
    for number, line in enumerate(raw.decode("latin-1").split("\n"), start=1):
        words = re.split(r"[ \t]+", line.strip(" \t"))
        if words != [""] and not words[0].startswith("#"):
            reading.take(number, words)
    if reading.quorum is None:
        raise PolicyRefusedError(0, "a policy has one line that names the quorum")
    return Policy(
        logs=tuple(reading.logs),
        witnesses=reading.witnesses,
        groups=reading.groups,
        quorum=reading.quorum,
    )


class _Reading:
    """What was read of a policy until now."""

    def __init__(self) -> None:
        self.logs: list[NoteKey] = []
        self.witnesses: dict[str, NoteKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def take(self, number: int, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                known = self.logs
                known.append(_key(number, vkey, _OF_LOG, known))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._define(number, name)
                others = [*self.witnesses.values()]
                self.witnesses[name] = _key(number, vkey, _OF_WITNESS, others)
            case ["group", name, least, *members] if members:
                self._define(number, name)
                self.groups[name] = self._group(number, least, members)
            case ["quorum", name] if self.quorum is None:
                if name != NONE:
                    self._check_known(number, name)
                self.quorum = name
            case _:
                raise PolicyRefusedError(number, "this is no line of a policy")

    def _define(self, number: int, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise PolicyRefusedError(number, f"the name {name} is taken")

    def _check_known(self, number: int, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise PolicyRefusedError(number, f"{name} is not defined above")

    def _group(self, number: int, least: str, members: list[str]) -> Group:
        for member in members:
            self._check_known(number, member)
            if member in self._members:
                raise PolicyRefusedError(number, f"{member} is in a group already")
            self._members.add(member)
        counts = {"any": 1, "all": len(members)}
        is_number = re.fullmatch(r"[1-9][0-9]{0,5}", least) is not None
        count = int(least) if is_number else counts.get(least, 0)
        if not 1 <= count <= len(members):
            raise PolicyRefusedError(number, "a group asks for any, all or some of its members")
        return Group(count, tuple(members))


def _key(
    number: int, vkey: str, kinds: frozenset[SignatureType], others: Sequence[NoteKey]
) -> NoteKey:
    try:
        key = parse_vkey(vkey.encode("latin-1").decode())
    except (TextRefusedError, UnicodeDecodeError):
        raise PolicyRefusedError(
            number, "this is no public key: its name, number and key"
        ) from None
    if key.kind not in kinds:
        raise PolicyRefusedError(number, "this key is of another kind")
    if any(key.public == other.public for other in others):
        raise PolicyRefusedError(number, "this key stands above already")
    return key
