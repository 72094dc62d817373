"""Pictures of microcredentials for everybody, and with a credential baked into them for one.

Separate from the records, because a picture needs what the catalogue says and no award.
"""

import asyncio
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.picture import Drawing, draw, facts_of
from services.issuer.repository import catalogue
from shared.contracts.policy import Policy
from shared.errors import NotFoundError
from shared.proofs.baking import bake_png, bake_svg


class PictureFormat(StrEnum):
    """The two formats a credential can be baked into (Open Badges 3.0)."""

    PNG = "image/png"
    SVG = "image/svg+xml"


class PictureNotFoundError(NotFoundError):
    """Nobody published this version of this microcredential, so there is no picture of it."""

    code = "picture-not-found"
    dutch = "Deze versie van deze microcredential is niet gepubliceerd; er is geen afbeelding van."


async def keep_policy(session: AsyncSession, policy: Policy) -> None:
    """Keep our copy of a policy, by which a picture bears the mark or not."""
    await catalogue.keep_policy(session, policy)


async def draw_microcredential(
    session: AsyncSession, microcredential_id: UUID, version: int, *, wanted: PictureFormat
) -> bytes:
    """Draw a version of a microcredential, for anybody."""
    drawn = await _draw(session, microcredential_id, version)
    return drawn.png if wanted is PictureFormat.PNG else drawn.svg


async def bake_token(
    session: AsyncSession,
    token: str,
    *,
    microcredential_id: UUID,
    version: int,
    wanted: PictureFormat,
) -> bytes:
    """Draw the picture of a credential with the credential inside."""
    drawn = await _draw(session, microcredential_id, version)
    if wanted is PictureFormat.PNG:
        return await asyncio.to_thread(bake_png, drawn.png, token)
    return bake_svg(drawn.svg, token)


async def _draw(session: AsyncSession, microcredential_id: UUID, version: int) -> Drawing:
    pictured = await catalogue.find_pictured(session, microcredential_id, version)
    if pictured is None:
        raise PictureNotFoundError
    facts = facts_of(pictured.microcredential, provider=pictured.provider, policy=pictured.policy)
    return await asyncio.to_thread(draw, facts)
