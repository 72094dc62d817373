"""Showing a learner everything: registrations with their openings and proofs, and who looked.

The register signs with a key of its own for this: the log's key is in the worker only, and signs
checkpoints only. What is signed is the SHA-256 of the export in its one canonical form, so that it
may be as long as it is, and the same signature holds for the paper it is attached to.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.access_exports import (
    AccessExport,
    ExportsClosedError,
    ShownFact,
    ShownRegistration,
)
from services.registry.domain.profiles import LegalProfile
from services.registry.operations.consultations import Asking, Counter, names_for_consumers
from services.registry.repository import access_exports as repository
from services.registry.repository import consultations
from services.registry.repository import log as log_repository
from services.registry.repository.access_exports import OpenFact
from services.registry.repository.witnesses import Cosigned, find_best
from services.registry.settings import Settings
from shared.contracts.registration import Registration
from shared.proofs import jws
from shared.proofs.checkpoints import read_checkpoint
from shared.proofs.keys import SigningKey
from shared.proofs.log_proofs import LogProof, Opening
from shared.proofs.merkle import inclusion_nodes, inclusion_proof
from shared.proofs.notes import read_note
from shared.proofs.tiles import hash_reader, tiles_holding
from shared.runtime.database import EVERY_ORGANISATION, Straight, act_for, straight_within
from shared.strict_json import JsonObject, canonical

EXPORT: Final = "export everything about a learner"
ACTIVITY: Final = "access-export"
TYPE: Final = "waarmerk-access-export+jws"


@dataclass(frozen=True, slots=True)
class ExportSigner:
    """Signs what a learner gets to see, as the operator of the register."""

    public_url: str
    _key: SigningKey
    _earlier: tuple[dict[str, str], ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the signer of these settings, or raise ExportsClosedError."""
        if settings.export_key is None:
            raise ExportsClosedError
        key = SigningKey.read_jwk(settings.export_key.get_secret_value())
        return cls(settings.public_url, key, settings.export_other_keys)

    def key_set(self) -> JsonObject:
        """Return the keys by which everybody can check what was signed (RFC 7517)."""
        return {"keys": [{**jwk} for jwk in (self._key.public.jwk, *self._earlier)]}

    def sign(self, export: JsonObject) -> str:
        """Sign the digest of an export, in its one canonical form (RFC 8785)."""
        claims: JsonObject = {
            "iss": self.public_url,
            "exportId": export["exportId"],
            "createdAt": export["createdAt"],
            "sha256": hashlib.sha256(canonical(export)).hexdigest(),
        }
        header: JsonObject = {"typ": TYPE, "kid": self._key.public.thumbprint}
        return jws.sign(canonical(claims), key=self._key, header=header)


async def export_learner(
    session: AsyncSession,
    counter: Counter,
    identifier: str,
    *,
    profile: LegalProfile,
    asking: Asking,
) -> AccessExport:
    """Return everything there is about a learner; that it was shown is in it the next time."""
    namer = counter.pseudonymiser
    learner = namer.register_name(identifier)
    await act_for(session, EVERY_ORGANISATION)
    shown = await repository.list_registrations(session, learner)
    hidden = await repository.list_restricted(session, learner)
    straight = await straight_within(session)
    facts = await repository.list_facts(
        straight, [one.registration_id for one in (*shown, *hidden)]
    )
    registrations = [
        await _shown(straight, one, facts[one.registration_id], restricted=number >= len(shown))
        for number, one in enumerate((*shown, *hidden))
    ]
    subject = namer.log_name(learner)
    lines = await consultations.list_lines(session, subject, before=None, limit=None)
    consumers = sorted({line.organisation for line in lines})
    names = await names_for_consumers(session, counter, learner, consumers)
    mine = asking.line(EXPORT, activity=ACTIVITY, subject=subject, found=len(registrations))
    await consultations.add_lines(session, [mine])
    return AccessExport(
        export_id=uuid4(),
        created_at=asking.began_at,
        profile=profile,
        learner=learner,
        registrations=tuple(registrations),
        consultations=tuple(lines),
        names={consumer: known for consumer, known in names.items() if known},
    )


async def _shown(
    straight: Straight,
    registration: Registration,
    facts: Sequence[OpenFact],
    *,
    restricted: bool,
) -> ShownRegistration:
    return ShownRegistration(
        registration=registration,
        restricted=restricted,
        facts=tuple(
            [
                ShownFact(fact=one.fact, index=one.index, proof=await _prove(straight, one))
                for one in facts
            ]
        ),
    )


async def _prove(straight: Straight, one: OpenFact) -> bytes | None:
    """Prove where a fact stands in the log, by the checkpoint that most witnesses cosigned."""
    fact, index = one.fact, one.index
    if index is None or fact.salt is None or fact.content is None:
        return None
    checkpoint = await find_best(straight, index) or await _newest(straight)
    wanted = inclusion_nodes(index, checkpoint.size)
    tiles = await log_repository.find_tiles(straight, tiles_holding(wanted, checkpoint.size))
    read = hash_reader(tiles.__getitem__, checkpoint.size)
    return LogProof(
        index=index,
        path=tuple(inclusion_proof(index, checkpoint.size, read)),
        note=read_note(checkpoint.note + checkpoint.lines.encode()),
        extra=Opening(fact.entry(), fact.salt, fact.content.encode()).to_bytes(),
    ).to_bytes()


async def _newest(straight: Straight) -> Cosigned:
    state = await log_repository.find_state(straight)
    if state is None:
        raise LookupError("what is logged has a checkpoint over it")
    size = read_checkpoint(read_note(state.checkpoint).text).size
    return Cosigned(size, state.checkpoint, "")
