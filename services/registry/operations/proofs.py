"""The proof that a fact stands in the log, for a holder to keep beside a credential."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from services.registry.domain.registrations import (
    RegistrationErasedError,
    RegistrationUnknownError,
    VersionUnknownError,
)
from services.registry.repository import log as log_repository
from services.registry.repository.log import LoggedFact
from services.registry.repository.proofs import find_provable
from shared.errors import NotFoundError
from shared.proofs.log_proofs import LogProof, Opening
from shared.proofs.merkle import inclusion_nodes, inclusion_proof
from shared.proofs.notes import read_note
from shared.proofs.tiles import (
    TILE_WIDTH,
    KnownTiles,
    subtree_reader,
    tiles_holding,
    work_out,
)
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight

KNOWN_TILES: Final = 512


class NotLoggedError(NotFoundError):
    """The register knows this, but it stands in the log not yet; ask again in a second."""

    code = "not-logged-yet"
    dutch = "Het register weet dit, maar het staat nog niet in het logboek; vraag het zo opnieuw."


class NotWitnessedThenError(NotFoundError):
    """No witness had seen this in the log before that moment; a later one may do."""

    code = "not-witnessed-then"
    dutch = "Geen getuige had dit voor dat moment in het logboek gezien; een later moment kan wel."


@dataclass(frozen=True, slots=True)
class Prover:
    """What proofs are made with; one in each process."""

    database: Database
    tiles: KnownTiles = field(default_factory=lambda: KnownTiles(KNOWN_TILES))


async def prove(
    prover: Prover,
    registration_id: UUID,
    record_version: int | None,
    *,
    witnessed_before: datetime | None = None,
) -> bytes:
    """Write the proof of a version of a registration, or else of the last that was logged.

    It leads to the checkpoint that most witnesses cosigned, of those that cover the entry; before a
    moment, where that is what must be shown: that it stood there when a key was not lost yet.
    """
    async with prover.database.acting_for(EVERY_ORGANISATION) as straight:
        provable = await find_provable(
            straight, registration_id, record_version, witnessed_before=witnessed_before
        )
        if provable is None:
            raise await _reason(straight, registration_id, record_version)
        logged, checkpoint = provable.logged, provable.checkpoint
        if logged.fact.erased_at is not None:
            raise RegistrationErasedError
        if checkpoint is None:
            raise NotWitnessedThenError
        wanted = tiles_holding(inclusion_nodes(logged.index, checkpoint.size), checkpoint.size)
        known = prover.tiles.find(wanted)
        place = (0, logged.index // TILE_WIDTH)
        found = {tile: provable.leaves for tile in wanted if (tile.level, tile.index) == place}
        lacking = [tile for tile in wanted if tile not in known and tile not in found]
        found |= await log_repository.find_tiles(straight, lacking)
    known |= {tile: work_out(tile, stored) for tile, stored in found.items()}
    prover.tiles.keep(known)
    read = subtree_reader(known.__getitem__, checkpoint.size)
    proof = LogProof(
        index=logged.index,
        path=tuple(inclusion_proof(logged.index, checkpoint.size, read)),
        note=read_note(checkpoint.note + checkpoint.lines.encode()),
        extra=_opening(logged).to_bytes(),
    )
    return proof.to_bytes()


def _opening(logged: LoggedFact) -> Opening:
    fact = logged.fact
    if fact.salt is None or fact.content is None:
        raise RegistrationErasedError
    return Opening(fact.entry(), fact.salt, fact.content.encode())


async def _reason(
    straight: Straight, registration_id: UUID, record_version: int | None
) -> NotFoundError:
    """Say why there is no proof: nothing of it, no such version, or not logged yet."""
    versions = await log_repository.list_versions(straight, registration_id)
    if not versions:
        return RegistrationUnknownError()
    if record_version is not None and record_version not in versions:
        return VersionUnknownError()
    return NotLoggedError()
