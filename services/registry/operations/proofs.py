"""The proof that a fact stands in the log, for a holder to keep beside a credential."""

from uuid import UUID

from services.registry.domain.registrations import (
    RegistrationErasedError,
    RegistrationUnknownError,
    VersionUnknownError,
)
from services.registry.repository import log as log_repository
from services.registry.repository import witnesses as witness_repository
from services.registry.repository.log import LoggedFact
from services.registry.repository.witnesses import Cosigned
from shared.errors import NotFoundError
from shared.proofs.checkpoints import read_checkpoint
from shared.proofs.log_proofs import LogProof, Opening
from shared.proofs.merkle import inclusion_nodes, inclusion_proof
from shared.proofs.notes import read_note
from shared.proofs.tiles import hash_reader, tiles_holding
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight


class NotLoggedError(NotFoundError):
    """The register knows this, but it stands in the log not yet; ask again in a second."""

    code = "not-logged-yet"
    dutch = "Het register weet dit, maar het staat nog niet in het logboek; vraag het zo opnieuw."


async def prove(database: Database, registration_id: UUID, record_version: int | None) -> bytes:
    """Write the proof of a version of a registration, or else of the last that was logged.

    It leads to the checkpoint that most witnesses cosigned, of those that cover the entry.
    """
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        logged = await log_repository.find_logged(straight, registration_id, record_version)
        if logged is None:
            raise await _reason(straight, registration_id, record_version)
        if logged.fact.erased_at is not None:
            raise RegistrationErasedError
        checkpoint = await witness_repository.find_best(straight, logged.index)
        if checkpoint is None:
            checkpoint = await _newest(straight)
        wanted = inclusion_nodes(logged.index, checkpoint.size)
        tiles = await log_repository.find_tiles(straight, tiles_holding(wanted, checkpoint.size))
    read = hash_reader(tiles.__getitem__, checkpoint.size)
    path = inclusion_proof(logged.index, checkpoint.size, read)
    proof = LogProof(
        index=logged.index,
        path=tuple(path),
        note=read_note(checkpoint.note + checkpoint.lines.encode()),
        extra=_opening(logged).to_bytes(),
    )
    return proof.to_bytes()


def _opening(logged: LoggedFact) -> Opening:
    fact = logged.fact
    if fact.salt is None or fact.content is None:
        raise RegistrationErasedError
    return Opening(fact.entry(), fact.salt, fact.content.encode())


async def _newest(straight: Straight) -> Cosigned:
    state = await log_repository.find_state(straight)
    if state is None:
        raise NotLoggedError
    size = read_checkpoint(read_note(state.checkpoint).text).size
    return Cosigned(size, state.checkpoint, "")


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
