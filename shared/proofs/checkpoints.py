"""C2SP tlog-checkpoint: what a log says it is, in three lines: who, how large, and its root.

Separate from `notes`, which says who signed it: the same three lines are signed by the log, and
again by every witness.
"""

from dataclasses import dataclass
from typing import Self

from shared.proofs.lines import TextRefusedError, parse_hash, parse_number, spell_base64
from shared.proofs.merkle import HASH_BYTES, MAX_SIZE, TreeHead

_FIXED_LINES = 3


class CheckpointRefusedError(TextRefusedError):
    """This is not the checkpoint of a log: its name, size and root, a line each."""

    code = "checkpoint-refused"
    dutch = "Dit is geen stand van een logboek: zijn naam, omvang en wortel, elk op een regel."


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log (`origin`) at one size, with its root of 32 bytes; C2SP advises against extensions.

    Raises CheckpointRefusedError when these cannot be written.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        lines = (self.origin, *self.extensions)
        if (
            not all(lines)
            or any("\n" in line for line in lines)
            or not 0 <= self.size <= MAX_SIZE
            or len(self.root) != HASH_BYTES
        ):
            raise CheckpointRefusedError

    @classmethod
    def of(cls, origin: str, head: TreeHead) -> Self:
        """Say of a log what its tree is now."""
        return cls(origin, head.size, head.root)

    @property
    def head(self) -> TreeHead:
        """The size and the root, for proofs."""
        return TreeHead(self.size, self.root)

    def to_text(self) -> str:
        """Write the text that is signed; it ends in a newline."""
        lines = (self.origin, str(self.size), spell_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a signed note as a checkpoint, or raise CheckpointRefusedError."""
    *lines, after = text.split("\n")
    if after or len(lines) < _FIXED_LINES:
        raise CheckpointRefusedError
    origin, size, root, *extensions = lines
    try:
        return Checkpoint(origin, parse_number(size), parse_hash(root), tuple(extensions))
    except TextRefusedError:
        raise CheckpointRefusedError from None
