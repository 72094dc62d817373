"""C2SP tlog-witness: what a witness is asked, and whether it may cosign.

Separate from the witness that answers, because the decision needs neither clock nor store: what was
cosigned last comes in, what may be cosigned now goes out. Whoever asks must hold what is known
locked from reading it until the new checkpoint is kept, or two requests could roll a log back.

Every refusal has the HTTP status that the protocol gives it, since logs of others act on those.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from shared.proofs import ProofRefusedError
from shared.proofs.checkpoints import Checkpoint, read_checkpoint
from shared.proofs.lines import TextRefusedError, parse_hash, parse_number, spell_base64
from shared.proofs.merkle import InconsistentError, TreeHead, check_consistency
from shared.proofs.notes import (
    MAX_NOTE_BYTES,
    Note,
    NoteKey,
    NoteRefusedError,
    open_note,
    read_note,
)

SIZE_MEDIA_TYPE: Final = "text/x.tlog.size"
MAX_PATH: Final = 63
MAX_REQUEST_BYTES: Final = MAX_NOTE_BYTES + 4096
_OLD: Final = "old "


class WitnessRefusedError(ProofRefusedError):
    """The witness does not cosign this checkpoint."""

    code = "witness-refused"
    dutch = "De getuige ondertekent deze stand van het logboek niet mee."
    status: ClassVar[int]
    """The HTTP status of the refusal (tlog-witness, §add-checkpoint)."""


class RequestRefusedError(WitnessRefusedError):
    """This is not a request to a witness: an old size, a path, and a signed checkpoint."""

    code = "witness-request"
    dutch = "Dit is geen verzoek aan een getuige: een oude omvang, een pad en een getekende stand."
    status = 400


class LogUnknownError(WitnessRefusedError):
    """The witness does not watch a log of this name."""

    code = "witness-log-unknown"
    dutch = "De getuige volgt geen logboek met deze naam."
    status = 404


class CheckpointUnsignedError(WitnessRefusedError):
    """The checkpoint is not signed by the log it is of, as far as the witness can tell."""

    code = "witness-unsigned"
    dutch = "De stand is niet ondertekend door zijn logboek, voor zover de getuige kan nagaan."
    status = 403


class SizeBackwardsError(WitnessRefusedError):
    """The old size is larger than the size of the checkpoint."""

    code = "witness-size-backwards"
    dutch = "De oude omvang is groter dan de omvang van de nieuwe stand."
    status = 400


class SizeConflictError(WitnessRefusedError):
    """The old size is not that of the checkpoint the witness cosigned last."""

    code = "witness-size-conflict"
    dutch = "De oude omvang is niet die van de stand die de getuige het laatst medeondertekende."
    status = 409

    def __init__(self, size: int) -> None:
        """Keep the size that was cosigned last, so that the log can go on from there."""
        super().__init__()
        self.size = size

    @property
    def body(self) -> str:
        """What the answer holds, as `SIZE_MEDIA_TYPE`."""
        return f"{self.size}\n"


class HistoryRefusedError(WitnessRefusedError):
    """The checkpoint is not shown to have the history that the witness cosigned before."""

    code = "witness-history"
    dutch = "Van de stand is niet aangetoond dat zij de eerder medeondertekende geschiedenis heeft."
    status = 422


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request to cosign: the size cosigned last, a path from it, and what the log signed.

    Raises RequestRefusedError when these cannot be written, or no checkpoint is signed.
    """

    old_size: int
    path: tuple[bytes, ...]
    note: Note

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        try:
            read_checkpoint(self.note.text)
        except TextRefusedError:
            raise RequestRefusedError from None
        if len(self.path) > MAX_PATH:
            raise RequestRefusedError

    @property
    def checkpoint(self) -> Checkpoint:
        """What the log says it is now."""
        return read_checkpoint(self.note.text)

    def to_bytes(self) -> bytes:
        """Write the body of the request."""
        lines: Sequence[str] = (f"{_OLD}{self.old_size}", *map(spell_base64, self.path))
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.note.to_bytes()


def read_request(raw: bytes) -> AddCheckpoint:
    """Read the body of an `add-checkpoint` request, or raise RequestRefusedError."""
    head, _, signed = raw.partition(b"\n\n")
    if len(raw) > MAX_REQUEST_BYTES or not head.isascii():
        raise RequestRefusedError
    old, *path = head.decode("ascii").split("\n")
    if not old.startswith(_OLD) or len(path) > MAX_PATH:
        raise RequestRefusedError
    try:
        return AddCheckpoint(
            old_size=parse_number(old.removeprefix(_OLD)),
            path=tuple(parse_hash(line) for line in path),
            note=read_note(signed),
        )
    except TextRefusedError:
        raise RequestRefusedError from None


def read_known_size(body: bytes) -> int:
    """Read the size a witness cosigned last from its answer 409, or raise TextRefusedError."""
    if not body.isascii() or not body.endswith(b"\n"):
        raise TextRefusedError
    return parse_number(body[:-1].decode("ascii"))


def decide_cosigning(
    request: AddCheckpoint, *, known: TreeHead, log_keys: Mapping[str, Collection[NoteKey]]
) -> Checkpoint:
    """Give the checkpoint to keep and cosign, or raise the WitnessRefusedError that forbids it.

    `known` is what was cosigned last of this log (NO_TREE before the first time), and `log_keys`
    the keys of every log that is watched, by origin (tlog-witness, §add-checkpoint).

    1. The witness watches the log of this name: LogUnknownError (404).
    2. A key of that log signed, and no signature of such a key is false: CheckpointUnsignedError
       (403).
    3. The log did not become smaller by its own account: SizeBackwardsError (400).
    4. It starts from what was cosigned last: SizeConflictError (409, with that size).
    5. The path shows that the new tree is the old one with entries added; at the same size the root
       is the same, and at size 0 that of no entries: HistoryRefusedError (422).
    """
    checkpoint = request.checkpoint

    # 1
    keys = log_keys.get(checkpoint.origin)
    if keys is None:
        raise LogUnknownError

    # 2
    try:
        open_note(request.note, keys)
    except NoteRefusedError:
        raise CheckpointUnsignedError from None

    # 3
    if request.old_size > checkpoint.size:
        raise SizeBackwardsError

    # 4
    if request.old_size != known.size:
        raise SizeConflictError(known.size)

    # 5
    try:
        check_consistency(known, checkpoint.head, request.path)
    except InconsistentError:
        raise HistoryRefusedError from None
    return checkpoint
