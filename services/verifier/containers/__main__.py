"""The process that reads files: questions on its input, answers on its output, nothing else.

Apart from the service, so that a file which hangs or breaks its reader takes nothing along. It is
given no environment, may write no file, and gets so much memory and, for each file, so much time.
Between the two: `>II` lengths, then what is wanted (JSON), then the file; back `>I`, then the
contents (JSON). A first empty answer says that it is ready.
"""

import os
import resource
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from services.verifier.containers.contents import CONTENTS, WANTED
from services.verifier.containers.opening import open_container

MEMORY: Final = 1024**3
SECONDS: Final = 5
_QUESTION: Final = struct.Struct(">II")
_ANSWER: Final = struct.Struct(">I")


def main() -> None:
    """Answer until the input ends."""
    source = sys.stdin.buffer
    # Libraries of others may print: what they say must not stand between our answers.
    sink = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    _confine()
    _say(sink, b"")
    while head := source.read(_QUESTION.size):
        length, size = _QUESTION.unpack(head)
        wanted = WANTED.validate_json(source.read(length))
        body = source.read(size)
        _allow_seconds()
        _say(sink, CONTENTS.dump_json(open_container(wanted, body)))


def _say(sink: BinaryIO, answer: bytes) -> None:
    sink.write(_ANSWER.pack(len(answer)) + answer)
    sink.flush()


def _confine() -> None:
    # A system that knows a limit under another name keeps the others, and the clock outside.
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _allow_seconds() -> None:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    until = int(spent.ru_utime + spent.ru_stime) + SECONDS + 1
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
