"""How many files somebody may send in batches, and how much this process holds at once.

Apart from the quotas of requests: one request brings up to 500 files, so it is files that count.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar, Final

from shared.errors import UnavailableError
from shared.runtime.quotas import Left, Quota

MOST_HELD_BYTES: Final = 128 * 1024 * 1024


class TooBusyError(UnavailableError):
    """More batches are being sent than fit at the same time; send this one again in a moment."""

    code: ClassVar[str] = "too-busy"
    dutch: ClassVar[str] = (
        "Er komen meer lijsten tegelijk binnen dan er passen; stuur deze over een ogenblik opnieuw."
    )


class Allowance:
    """Files a minute for each address and each client, and bytes at once for all together.

    0 files is no limit. Each process counts for itself, as it does requests.
    """

    def __init__(self, *, address: int, client: int, held_bytes: int = MOST_HELD_BYTES) -> None:
        self._address = Quota("files-of-address", address) if address else None
        self._client = Quota("files-of-client", client) if client else None
        self._left_bytes = held_bytes

    def charge(self, *, site: str | None, client: str | None, files: int) -> Left | None:
        """Count files of a client, or else of an address; raises TooManyRequestsError.

        Returns what is left, if anything is counted: the machine itself is free.
        """
        quota, payer = (self._client, client) if client else (self._address, site)
        if quota is None or payer is None:
            return None
        left = quota.take(payer, cost=files)
        left.require()
        return left

    @contextmanager
    def holding(self) -> Iterator[Callable[[int], None]]:
        """Give what counts the bytes of a body as they come in; they are free again at the end.

        It raises TooBusyError when there is no room for more.
        """
        held = 0

        def hold(size: int) -> None:
            nonlocal held
            if size > self._left_bytes:
                raise TooBusyError(retry_after=5)
            self._left_bytes -= size
            held += size

        try:
            yield hold
        finally:
            self._left_bytes += held
