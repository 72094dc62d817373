"""Keys and status lists of issuers outside the national list, looked up where they publish them.

Separate from the checks, which take what is found as it is: what cannot be had is unknown, so a
stranger who is away, slow or careless never makes a credential look altered.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

from services.verifier.foreign import documents, methods
from services.verifier.foreign.answers import Answer, KeyAddresses
from services.verifier.foreign.asking import KEYS, LISTS, REACH, Asker
from services.verifier.foreign.findings import (
    ForeignCode,
    ForeignFinding,
    ForeignList,
    ForeignRefusedError,
)
from services.verifier.foreign.methods import Place, PlaceKind
from shared.proofs.public_keys import VerifyingKey
from shared.runtime import clock as wall
from shared.runtime.fetching import Reach

# Only when the key is not spoken of at one place may another speak of it.
_SILENT: Final = frozenset(
    {
        ForeignCode.ANSWER_REFUSED,
        ForeignCode.DOCUMENT_OF_ANOTHER,
        ForeignCode.DOCUMENT_UNREADABLE,
        ForeignCode.KEY_UNKNOWN,
        ForeignCode.NOT_PUBLISHED,
        ForeignCode.REDIRECTED,
        ForeignCode.TOO_LARGE,
    }
)


class ForeignKeys:
    """What this process knows of strangers; one per process."""

    def __init__(
        self,
        *,
        allowed: bool,
        reach: Reach = REACH,
        clock: Callable[[], datetime] = wall.now,
    ) -> None:
        self._allowed = allowed
        self._clock = clock
        self._seconds = reach.total_seconds
        self._asker = Asker(reach=reach, clock=clock)
        self._key_addresses = KeyAddresses()

    async def find(self, issuer_id: str, kid: str) -> ForeignFinding:
        """Look for the key by which this issuer signs under this key id (`kid`, or DID URL)."""
        if not self._allowed:
            return ForeignFinding(code=ForeignCode.NOT_ALLOWED)
        try:
            own = methods.read_own_key(issuer_id, kid)
            places = () if own else methods.find_places(issuer_id, kid)
        except ForeignRefusedError as refusal:
            return ForeignFinding(code=refusal.code)
        if own is not None:
            return ForeignFinding(code=ForeignCode.FOUND, key=own, looked_up_at=self._clock())
        try:
            async with asyncio.timeout(self._seconds):
                return await self._look(places, issuer_id, kid)
        except TimeoutError:
            return ForeignFinding(code=ForeignCode.TOO_SLOW, source=places[0].address)

    async def fetch_list(self, url: str) -> ForeignList:
        """Fetch a status list as it is published; whose it is, only its signature can say."""
        if not self._allowed:
            return ForeignList(code=ForeignCode.NOT_ALLOWED, source=url)
        try:
            address = methods.read_address(url)
        except ForeignRefusedError:
            return ForeignList(code=ForeignCode.LIST_ADDRESS_REFUSED, source=url)
        if address.query:
            return ForeignList(code=ForeignCode.LIST_ADDRESS_REFUSED, source=url)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._asker.ask(url, LISTS, host=address.host)
        except TimeoutError:
            return ForeignList(code=ForeignCode.TOO_SLOW, source=url)
        return ForeignList(
            code=answer.code,
            source=url,
            signed=answer.body,
            media_type=answer.media_type,
            looked_up_at=answer.answered_at,
        )

    async def _look(self, places: tuple[Place, ...], issuer: str, key_id: str) -> ForeignFinding:
        """Look at one place after the other; of two that do not help, tell what says most."""
        told = await self._look_at(places[0], issuer, key_id)
        for place in places[1:]:
            if told.code not in _SILENT:
                return told
            found = await self._look_at(place, issuer, key_id)
            if found.code is not ForeignCode.NOT_PUBLISHED:
                told = found
        return told

    async def _look_at(self, place: Place, issuer: str, key_id: str) -> ForeignFinding:
        bare = place.kind is PlaceKind.KEY
        if bare and not self._key_addresses.admits(issuer, place.address):
            return ForeignFinding(code=ForeignCode.KEY_PER_CREDENTIAL)
        host = methods.read_address(place.address).host
        answer = await self._asker.ask(place.address, KEYS, host=host)
        code, key = answer.code, None
        if code is ForeignCode.FOUND:
            try:
                key = self._read(answer, place, issuer, key_id)
            except ForeignRefusedError as refusal:
                code = refusal.code
        if bare and key is not None:
            self._key_addresses.note(issuer, place.address)
        return ForeignFinding(
            code=code, key=key, source=place.address, looked_up_at=answer.answered_at
        )

    def _read(self, answer: Answer, place: Place, issuer: str, key_id: str) -> VerifyingKey:
        document = documents.read_document(answer.body)
        if place.kind is PlaceKind.KEY_SET:
            return documents.find_in_key_set(
                document, issuer=issuer, key_id=key_id, address=place.address
            )
        if place.kind is PlaceKind.KEY:
            return documents.read_bare_key(document, issuer=issuer, address=place.address)
        whole = methods.absolute_key_id(issuer, key_id)
        return documents.find_in_document(document, issuer=issuer, key_id=whole, now=self._clock())
