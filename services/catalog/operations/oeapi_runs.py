"""Placing the offerings an import found with their microcredential: one is one transaction.

Apart from the descriptions, because an offering is public as soon as it is recorded, and has its
own rules.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain.offerings import with_defaults
from services.catalog.oeapi import read_offering
from services.catalog.oeapi.importing import Basis, Kind, Verdict, decide_placing
from services.catalog.oeapi.report import Import, Item
from services.catalog.operations import offerings
from services.catalog.operations.oeapi_placing import reasons_of
from services.catalog.repository import oeapi_imports
from services.catalog.repository.oeapi_imports import Link
from services.catalog.repository.offerings import find_offering, lock_code
from shared.contracts.microcredential import OtherCode
from shared.contracts.offering import Offering, OfferingState, OfferingTerms
from shared.errors import WaarmerkError
from shared.runtime.database import act_for
from shared.strict_json import JsonObject

MOST_CODES: Final = 20


async def place_run(
    session: AsyncSession,
    of: Import,
    microcredential_id: UUID,
    members: JsonObject,
    *,
    public_url: str,
    now: datetime,
) -> Item | None:
    """Place one offering of a published microcredential, and report it; None when it was done."""
    source_id = _id_of(members)
    if source_id is None:
        return None
    await act_for(session, of.organisation)
    await repository.lock(session, f"oeapi:{of.organisation}:offering:{source_id}")
    if await oeapi_imports.has_item(session, of.import_id, Kind.OFFERING, source_id):
        return None
    item = Item(kind=Kind.OFFERING, source_id=source_id, verdict=Verdict.REFUSED)
    try:
        terms, lost = read_offering(members)
        terms = _with_own_id(terms, source_id)
        item = replace(item, primary_code=terms.primary_code, lost=lost)
        placing = _Placing(session, of, microcredential_id, public_url, now)
        async with session.begin_nested():
            item = await placing.place(item, terms)
    except WaarmerkError as error:
        item = replace(item, verdict=Verdict.REFUSED, reasons=reasons_of(error))
    await oeapi_imports.add_item(session, of, item)
    return item


def _with_own_id(terms: OfferingTerms, source_id: UUID) -> OfferingTerms:
    """Keep what the source itself calls it: results are told, and asked for, by that id."""
    own = OtherCode(code_type="uuid", code=str(source_id))
    if own in terms.other_codes or len(terms.other_codes) >= MOST_CODES:
        return terms
    return terms.model_copy(update={"other_codes": (*terms.other_codes, own)})


class _Placing:
    """One offering on its way in."""

    def __init__(
        self,
        session: AsyncSession,
        of: Import,
        microcredential_id: UUID,
        public_url: str,
        now: datetime,
    ) -> None:
        self._session = session
        self._of = of
        self._microcredential_id = microcredential_id
        self._public_url = public_url
        self._now = now

    async def place(self, item: Item, terms: OfferingTerms) -> Item:
        """Record it, change the one it is, or leave that as it is."""
        link = await oeapi_imports.find_link(
            self._session, self._of.organisation, Kind.OFFERING, item.source_id
        )
        known, basis = await self._match(item.source_id, terms, link)
        if known is None:
            return await self._create(item, terms)
        item = replace(item, target_id=known.offering_id, matched_by=basis)
        if known.microcredential_id != self._microcredential_id:
            return replace(item, verdict=Verdict.AMBIGUOUS, candidates=(known.offering_id,))
        return await self._put(item, terms, known, link)

    async def _match(
        self, source_id: UUID, terms: OfferingTerms, link: Link | None
    ) -> tuple[Offering | None, Basis | None]:
        """Find the one that is meant; a code is one of a kind per provider, so never two."""
        by_code = await lock_code(self._session, self._of.organisation, terms.primary_code)
        for offering_id, basis in (
            (link.target_id if link else None, Basis.EARLIER_IMPORT),
            (source_id, Basis.OWN_ID),
            (by_code, Basis.PRIMARY_CODE),
        ):
            known = offering_id and await find_offering(self._session, offering_id)
            if known and known.provider == self._of.organisation:
                return known, basis
        return None, None

    async def _create(self, item: Item, terms: OfferingTerms) -> Item:
        offering = await offerings.offer_microcredential(
            self._session,
            self._microcredential_id,
            terms,
            provider=self._of.organisation,
            public_url=self._public_url,
            now=self._now,
            offering_id=uuid4(),
        )
        await self._keep_link(item, offering.offering_id, taken=terms)
        return replace(item, verdict=Verdict.CREATED, target_id=offering.offering_id)

    async def _put(
        self, item: Item, terms: OfferingTerms, known: Offering, link: Link | None
    ) -> Item:
        published = await repository.find_version(self._session, known.microcredential_id)
        wanted = terms if published is None else with_defaults(terms, published)
        taken = None
        if link is not None and link.taken is not None:
            taken = OfferingTerms.model_validate(link.taken)
            taken = taken if published is None else with_defaults(taken, published)
        present = OfferingTerms.model_validate(
            {name: getattr(known, name) for name in OfferingTerms.model_fields}
        )
        is_over = known.state is OfferingState.CANCELLED
        placing = decide_placing(
            present, wanted, taken=taken, is_known=link is not None, is_busy=is_over
        )
        if placing.is_written:
            await self._write(known, terms)
        kept = terms if placing.verdict is not Verdict.KEPT else None
        if kept is None and link is not None and link.taken is not None:
            kept = OfferingTerms.model_validate(link.taken)
        await self._keep_link(item, known.offering_id, taken=kept)
        return replace(item, verdict=placing.verdict, differences=placing.differences)

    async def _write(self, known: Offering, terms: OfferingTerms) -> None:
        """Change it; cancel it apart, so that who listens hears it as such."""
        if terms.state is OfferingState.CANCELLED:
            await offerings.cancel_offering(
                self._session,
                known.offering_id,
                reason=None,
                provider=self._of.organisation,
                public_url=self._public_url,
                now=self._now,
            )
            return
        await offerings.put_offering(
            self._session,
            known.offering_id,
            terms,
            provider=self._of.organisation,
            public_url=self._public_url,
            now=self._now,
        )

    async def _keep_link(self, item: Item, target: UUID, *, taken: OfferingTerms | None) -> None:
        kept = None if taken is None else taken.model_dump(mode="json", exclude_none=True)
        await oeapi_imports.keep_link(
            self._session,
            self._of.organisation,
            Kind.OFFERING,
            item.source_id,
            link=Link(target, kept),
            now=self._now,
        )


def _id_of(members: JsonObject) -> UUID | None:
    for name in ("courseOfferingId", "programmeOfferingId"):
        value = members.get(name)
        try:
            if isinstance(value, str):
                return UUID(value)
        except ValueError:
            continue
    return None
