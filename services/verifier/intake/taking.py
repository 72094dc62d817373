"""Taking in whatever somebody hands to us: see what it is, open it, say what each text in it is.

Apart from the containers, which know nothing of each other: a PDF holds pictures, an archive holds
all of them. Texts, JSON and baked PNGs are read here and now; what needs a parser for files goes to
a process of its own. Nothing is kept, followed or fetched.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Final

from services.verifier.containers import png
from services.verifier.containers.archives import Archive, Entry
from services.verifier.containers.contents import Contents, Found, NotReadError, refused
from services.verifier.containers.documents import form_of, unwrapped, written
from services.verifier.containers.limits import LIMITS, Limits
from services.verifier.containers.links import NOBODY
from services.verifier.containers.sniffing import read_text, sniff
from services.verifier.containers.tables import find_delimiter, read_table
from services.verifier.containers.texts import recognise
from services.verifier.domain.handed import (
    WHOLE,
    Container,
    Form,
    Handed,
    IntakeRefusal,
    Place,
    TakenIn,
)
from services.verifier.domain.refusals import RefusalCode
from services.verifier.domain.seals import Paper
from services.verifier.intake.decoders import Decoders
from shared.strict_json import JsonRefusedError, load

_AT_ONCE_BYTES: Final = 64 * 1024
_NOTHING_IN: Final = {
    Container.PNG: RefusalCode.NOTHING_IN_PICTURE,
    Container.PHOTO: RefusalCode.NOTHING_IN_PICTURE,
    Container.SVG: RefusalCode.SVG_EMPTY,
    Container.PDF: RefusalCode.NOTHING_IN_PDF,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a process takes in with; `own_hosts` are ours, in lower case, as links name them."""

    decoders: Decoders = field(default_factory=Decoders)
    limits: Limits = LIMITS
    own_hosts: AbstractSet[str] = NOBODY

    async def take_in(self, body: bytes) -> TakenIn:
        """Return every proof, link and code in what was handed in; raises nothing it can cause."""
        parts = [part async for part in self.take_each(body)]
        handed = [one for part in parts for one in part.handed]
        refusals = [one for part in parts for one in part.refusals]
        container = parts[0].container if parts else Container.ZIP
        if len(handed) > self.limits.proofs:
            refusals.append(IntakeRefusal(code=RefusalCode.PROOFS_MANY))
        if not handed and not refusals:
            refusals.append(IntakeRefusal(code=RefusalCode.NOTHING_IN_BUNDLE))
        return TakenIn(
            container=container,
            handed=tuple(handed[: self.limits.proofs]),
            refusals=tuple(refusals),
        )

    async def take_each(self, body: bytes) -> AsyncGenerator[TakenIn, None]:
        """Give what is in an archive file by file, in its order, and anything else as one part.

        No more of it is unpacked than is being read.
        """
        container = sniff(body)
        if container is not Container.ZIP:
            yield await self._take(body, container)
            return
        if len(body) > self.limits.file_bytes:
            yield _refuse(Container.ZIP, RefusalCode.TOO_LARGE)
            return
        try:
            archive = await asyncio.to_thread(Archive, body, self.limits)
        except NotReadError as error:
            yield _refuse(Container.ZIP, error.code)
            return
        if archive.container is Container.ZIP:
            async for part in self._take_entries(iter(archive)):
                yield part
        else:
            yield await self._take(body, archive.container)

    async def close(self) -> None:
        """End the processes that read for us."""
        await self.decoders.close()

    async def _take_entries(self, entries: Iterator[Entry]) -> AsyncIterator[TakenIn]:
        under_way: deque[asyncio.Task[TakenIn]] = deque()
        try:
            while True:
                entry = await asyncio.to_thread(next, entries, None)
                if entry is not None:
                    under_way.append(asyncio.create_task(self._take_entry(entry)))
                if under_way and (entry is None or len(under_way) > self.decoders.at_once):
                    yield await under_way.popleft()
                elif entry is None:
                    return
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _take_entry(self, entry: Entry) -> TakenIn:
        place = Place(entry=entry.name)
        if entry.refusal is not None:
            return _refuse(Container.ZIP, entry.refusal, place)
        container = sniff(entry.content)
        if container is Container.ZIP:
            return _refuse(Container.ZIP, RefusalCode.ARCHIVE_NESTED, place)
        part = await self._take(entry.content, container)
        return _placed(replace(part, container=Container.ZIP), place)

    async def _take(self, body: bytes, container: Container) -> TakenIn:
        """Take in one file that is no archive."""
        flaw = self._flaw(body, container)
        if flaw is not None:
            return _refuse(container, flaw)
        if container is Container.JSON:
            return self._from_json(body)
        if container is Container.TEXT:
            return await self._from_text(body)
        return await self._from_contents(await self._open(body, container), container)

    def _flaw(self, body: bytes, container: Container) -> RefusalCode | None:
        if not body or body.isspace():
            return RefusalCode.EMPTY
        if container is Container.OTHER:
            return RefusalCode.OTHER_FILE
        return RefusalCode.TOO_LARGE if len(body) > self._most(container) else None

    async def _open(self, body: bytes, container: Container) -> Contents:
        if container is Container.PNG:
            try:
                baked = png.unbake(body, self.limits)
            except NotReadError as error:
                return refused(error.code)
            if baked is not None:
                return Contents(found=(baked,))
        return await self.decoders.read(container, body, self.limits)

    async def _from_contents(self, contents: Contents, container: Container) -> TakenIn:
        handed: list[Handed] = []
        refusals = list(contents.refusals)
        for found in contents.found:
            part = await self._from_found(found, container)
            handed += part.handed
            refusals += part.refusals
        if not handed and not refusals:
            code = _NOTHING_IN.get(container, RefusalCode.NOTHING_IN_BUNDLE)
            if contents.seals:
                code = RefusalCode.ONLY_SEAL_IN_PDF
            refusals.append(IntakeRefusal(code=code))
        taken = TakenIn(container=container, handed=tuple(handed), refusals=tuple(refusals))
        return _on(taken, Paper(contents.seals)) if container is Container.PDF else taken

    async def _from_found(self, found: Found, container: Container) -> TakenIn:
        if found.form is not None:
            text = read_text(found.content).strip()
            one = Handed(form=found.form, text=text, container=container, place=found.place)
            return TakenIn(container=container, handed=(one,))
        if found.is_file:
            return await self._from_attachment(found, container)
        kind = sniff(found.content)
        if kind is Container.JSON:
            part = self._from_json(found.content)
        else:
            part = TakenIn(container=kind, handed=(self._whole(read_text(found.content)),))
        return _placed(_in(part, container), found.place)

    async def _from_attachment(self, found: Found, container: Container) -> TakenIn:
        """Take in a file within a file; what is no proof is an ordinary attachment, not a fault."""
        kind = sniff(found.content)
        if kind in {Container.ZIP, Container.PDF, Container.OTHER}:
            return TakenIn(container=container)
        part = _in(await self._take(found.content, kind), container)
        handed = tuple(one for one in part.handed if one.form is not Form.UNKNOWN)
        is_proof = bool(handed) or kind in {Container.PNG, Container.SVG}
        hidden = {RefusalCode.NOTHING_IN_PICTURE, RefusalCode.SVG_EMPTY}
        refusals = tuple(one for one in part.refusals if is_proof and one.code not in hidden)
        return _placed(replace(part, handed=handed, refusals=refusals), found.place)

    async def _from_text(self, body: bytes) -> TakenIn:
        text = read_text(body)
        recognised = recognise(text, self.own_hosts)
        if recognised is not None:
            form, bare = recognised
            one = Handed(form=form, text=bare, container=Container.TEXT)
            return TakenIn(container=Container.TEXT, handed=(one,))
        container = Container.CSV if find_delimiter(text) else Container.TEXT
        if len(body) > _AT_ONCE_BYTES:
            contents = await self.decoders.read(Container.CSV, body, self.limits)
        else:
            try:
                contents = read_table(text, self.limits)
            except NotReadError as error:
                return _refuse(container, error.code)
        if contents.found or contents.refusals:
            return await self._from_contents(contents, container)
        if len(body) > self.limits.text_bytes:
            return _refuse(container, RefusalCode.NOTHING_IN_BUNDLE)
        one = Handed(form=Form.UNKNOWN, text=text.strip(), container=Container.TEXT)
        return TakenIn(container=Container.TEXT, handed=(one,))

    def _from_json(self, body: bytes) -> TakenIn:
        try:
            value = load(body, max_bytes=self.limits.text_bytes, max_depth=self.limits.json_depth)
        except JsonRefusedError as error:
            refusal = IntakeRefusal(code=RefusalCode.JSON_UNREADABLE, reason=error.reason)
            return TakenIn(container=Container.JSON, refusals=(refusal,))
        handed: list[Handed] = []
        for one in unwrapped(value):
            if isinstance(one, str):
                handed.append(replace(self._whole(one), container=Container.JSON))
                continue
            text = body.decode().strip() if one is value else written(one)
            handed.append(Handed(form=form_of(one), text=text, container=Container.JSON))
        refusals = () if handed else (IntakeRefusal(code=RefusalCode.NOTHING_IN_BUNDLE),)
        return TakenIn(container=Container.JSON, handed=tuple(handed), refusals=refusals)

    def _whole(self, text: str) -> Handed:
        form, bare = recognise(text, self.own_hosts) or (Form.UNKNOWN, text.strip())
        return Handed(form=form, text=bare, container=Container.TEXT)

    def _most(self, container: Container) -> int:
        limits = self.limits
        return {
            Container.PNG: limits.picture_bytes,
            Container.SVG: limits.picture_bytes,
            Container.PHOTO: limits.photo_bytes,
            Container.PDF: limits.pdf_bytes,
            Container.JSON: limits.text_bytes,
            Container.TEXT: limits.table_bytes,
        }.get(container, limits.file_bytes)


def _refuse(container: Container, code: RefusalCode, place: Place = WHOLE) -> TakenIn:
    return TakenIn(container=container, refusals=(IntakeRefusal(code=code, place=place),))


def _in(part: TakenIn, container: Container) -> TakenIn:
    handed = tuple(replace(one, container=container) for one in part.handed)
    return replace(part, container=container, handed=handed)


def _placed(part: TakenIn, outer: Place) -> TakenIn:
    return replace(
        part,
        handed=_all_placed(part.handed, outer),
        refusals=tuple(replace(one, place=one.place.inside(outer)) for one in part.refusals),
    )


def _on(part: TakenIn, paper: Paper) -> TakenIn:
    return replace(
        part,
        handed=tuple(replace(one, paper=paper) for one in part.handed),
        refusals=tuple(replace(one, paper=paper) for one in part.refusals),
    )


def _all_placed(handed: Iterable[Handed], outer: Place) -> tuple[Handed, ...]:
    return tuple(replace(one, place=one.place.inside(outer)) for one in handed)
