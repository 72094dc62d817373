"""C2SP tlog-proof: a file that proves, decades later and offline, that an entry stands in the log.

Separate from whoever makes or asks for it: a holder keeps this file beside a credential, and it
needs nothing but itself and the keys of the log and of some witnesses.

Its `extra` line is ours: an `Opening`, which gives the entry and what the entry commits to. That
line is signed by nobody; it is believed because the entry it holds leads to the signed root.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from shared import strict_json
from shared.proofs import ProofRefusedError
from shared.proofs.checkpoints import Checkpoint, read_checkpoint
from shared.proofs.lines import (
    TextRefusedError,
    parse_base64,
    parse_hash,
    parse_number,
    spell_base64,
)
from shared.proofs.log_entries import LogEntry, opens, read_entry
from shared.proofs.merkle import check_inclusion, leaf_hash
from shared.proofs.notes import (
    MAX_NOTE_BYTES,
    Note,
    NoteKey,
    NoteUnsignedError,
    Signed,
    open_note,
    read_note,
)

MAX_OPENING_BYTES: Final = 65_536
MAX_PATH: Final = 63
_HEADER: Final = "c2sp.org/tlog-proof@v1"
_MAX_BYTES: Final = MAX_NOTE_BYTES + 4 * MAX_OPENING_BYTES
_EXTRA: Final = "extra "
_INDEX: Final = "index "


class LogProofRefusedError(TextRefusedError):
    """This is not a proof of the register's log, as C2SP tlog-proof writes one."""

    code = "log-proof-refused"
    dutch = (
        "Dit is geen bewijs uit het logboek van het register zoals C2SP tlog-proof dat schrijft."
    )


class OpeningRefusedError(ProofRefusedError):
    """The entry of the log does not commit to what is shown with it."""

    code = "log-opening"
    dutch = "De regel van het logboek legt niet vast wat erbij wordt getoond."


class OtherLogError(ProofRefusedError):
    """The proof is of another log than the one we ask about."""

    code = "log-other"
    dutch = "Het bewijs is van een ander logboek dan waar wij naar vragen."


class QuorumError(ProofRefusedError):
    """Fewer witnesses cosigned the log's checkpoint than we ask for."""

    code = "log-quorum"
    dutch = "Minder getuigen dan wij vragen hebben de stand van het logboek medeondertekend."


@dataclass(frozen=True, slots=True)
class Opening:
    """An entry with its salt (32 bytes) and the canonical JSON object that it commits to."""

    entry: LogEntry
    salt: bytes = field(repr=False)
    content: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """Write the opening as canonical JSON; raise ValueError when its content is not that."""
        try:
            content = strict_json.load_object(self.content, max_bytes=MAX_OPENING_BYTES)
        except strict_json.JsonRefusedError:
            content = {}
        if strict_json.canonical(content) != self.content:
            raise ValueError("an entry commits to canonical JSON")
        members: strict_json.JsonObject = {
            "entry": self.entry.to_bytes().decode("ascii"),
            "opening": content,
            "salt": spell_base64(self.salt),
        }
        return strict_json.canonical(members)


@dataclass(frozen=True, slots=True)
class LogProof:
    """Where an entry stands, the path (hashes, leaf first) to the root, and who signed that root.

    None of it is believed yet.
    """

    index: int
    path: tuple[bytes, ...]
    note: Note
    extra: bytes | None = field(default=None, repr=False)

    @property
    def checkpoint(self) -> Checkpoint:
        """What is signed; raises CheckpointRefusedError when that is no checkpoint."""
        return read_checkpoint(self.note.text)

    def to_bytes(self) -> bytes:
        """Write the proof as a file: `.tlog-proof`."""
        lines = [_HEADER]
        if self.extra is not None:
            lines.append(_EXTRA + spell_base64(self.extra))
        lines += f"{_INDEX}{self.index}", *map(spell_base64, self.path)
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.note.to_bytes()


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """What a proof shows: an entry, and what it commits to, at an index of a log of this size.

    It stood there at every moment in `witnessed`: of each witness the earliest that it states, in
    POSIX seconds, with its name; the earliest first.
    """

    entry: LogEntry
    content: bytes = field(repr=False)
    origin: str
    index: int
    size: int
    witnessed: tuple[tuple[int, str], ...]


def read_opening(raw: bytes) -> Opening:
    """Read what `Opening.to_bytes` wrote, byte for byte, or raise LogProofRefusedError."""
    try:
        members = strict_json.load_object(raw, max_bytes=2 * MAX_OPENING_BYTES)
    except strict_json.JsonRefusedError:
        raise LogProofRefusedError from None
    match members:
        case {"entry": str(entry), "opening": dict(content), "salt": str(salt), **more} if not more:
            pass
        case _:
            raise LogProofRefusedError
    if strict_json.canonical(members) != raw:
        raise LogProofRefusedError
    try:
        return Opening(
            read_entry(entry.encode()), parse_base64(salt), strict_json.canonical(content)
        )
    except ProofRefusedError:
        raise LogProofRefusedError from None


def read_log_proof(raw: bytes) -> LogProof:
    """Read a proof, or raise TextRefusedError; believe nothing of it."""
    head, _, signed = raw.partition(b"\n\n")
    if len(raw) > _MAX_BYTES or not head.isascii():
        raise LogProofRefusedError
    header, *lines = head.decode("ascii").split("\n")
    extra = None
    if lines and lines[0].startswith(_EXTRA):
        extra = parse_base64(lines.pop(0).removeprefix(_EXTRA))
    if header != _HEADER or extra == b"" or not lines or not lines[0].startswith(_INDEX):
        raise LogProofRefusedError
    index, *path = lines
    if len(path) > MAX_PATH:
        raise LogProofRefusedError
    note = read_note(signed)
    read_checkpoint(note.text)
    return LogProof(
        index=parse_number(index.removeprefix(_INDEX)),
        path=tuple(parse_hash(line) for line in path),
        note=note,
        extra=extra,
    )


def check_log_proof(
    proof: LogProof,
    *,
    log_keys: Collection[NoteKey],
    witnesses: Collection[NoteKey],
    quorum: int,
) -> LoggedEntry:
    """Check a proof with nothing else at hand, and tell what it shows, or raise ProofRefusedError.

    1. It holds an opening, and the entry commits to that (OpeningRefusedError).
    2. What is signed is a checkpoint, of the log that our keys are named after (OtherLogError).
    3. One of those keys signed it, and no signature of any key we know is false.
    4. At least `quorum` witnesses cosigned it and stated a moment: each name counts once, and a log
       is no witness of itself (QuorumError).
    5. The path leads from the entry, at its index, to the root that was signed (NotIncludedError).

    Whether a moment lies in the future, and which credential it is about, is for the caller.
    """
    # 1
    opening = _opened(proof)

    # 2
    checkpoint = proof.checkpoint
    ours = [key for key in log_keys if key.name == checkpoint.origin]
    if not ours:
        raise OtherLogError

    # 3
    found = open_note(proof.note, (*ours, *witnesses))
    if not any(signed.key in ours for signed in found):
        raise NoteUnsignedError

    # 4
    moments = _moments(found, {key for key in witnesses if key.name != checkpoint.origin})
    if len(moments) < quorum:
        raise QuorumError

    # 5
    leaf = leaf_hash(opening.entry.to_bytes())
    check_inclusion(leaf, index=proof.index, head=checkpoint.head, path=proof.path)

    return LoggedEntry(
        opening.entry, opening.content, checkpoint.origin, proof.index, checkpoint.size, moments
    )


def _opened(proof: LogProof) -> Opening:
    if proof.extra is None:
        raise OpeningRefusedError
    opening = read_opening(proof.extra)
    if not opens(opening.entry, salt=opening.salt, opening=opening.content):
        raise OpeningRefusedError
    return opening


def _moments(found: Collection[Signed], witnesses: set[NoteKey]) -> tuple[tuple[int, str], ...]:
    """Give the earliest moment each witness states, by name, since one may have several keys."""
    earliest: dict[str, int] = {}
    for signed in found:
        if signed.at is not None and signed.key in witnesses:
            name = signed.key.name
            earliest[name] = min(signed.at, earliest.get(name, signed.at))
    return tuple(sorted((at, name) for name, at in earliest.items()))
