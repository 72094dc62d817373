"""Proofs of any registration, for tests: from a small log, with whoever cosigns it, whenever."""

from collections.abc import Mapping
from datetime import datetime

from shared.contracts.registration import Registration
from shared.proofs.checkpoints import Checkpoint
from shared.proofs.log_entries import EntryKind, LogEntry, commit, new_salt
from shared.proofs.log_proofs import LogProof, Opening
from shared.proofs.merkle import CompactRange, inclusion_proof, leaf_hash
from shared.proofs.notes import NoteSigner, sign_note
from shared.strict_json import canonical
from tests.support.cosigners import LOG, ORIGIN

INDEX, SIZE = 5, 11


def a_log_proof(
    registration: Registration,
    witnessed: Mapping[NoteSigner, datetime],
    *,
    log: NoteSigner = LOG,
    origin: str = ORIGIN,
) -> LogProof:
    """Return a proof of this registration, cosigned by these at these moments."""
    content = canonical(registration.model_dump(mode="json", exclude_none=True))
    return a_proof_of(content, registration.organisation, witnessed, log=log, origin=origin)


def a_proof_of(
    content: bytes,
    issuer: str,
    witnessed: Mapping[NoteSigner, datetime],
    *,
    log: NoteSigner = LOG,
    origin: str = ORIGIN,
) -> LogProof:
    """Return a proof of an entry that commits to any content."""
    salt = new_salt()
    entry = LogEntry(EntryKind.ISSUED, issuer, commit(salt, content))
    leaves = [
        leaf_hash(entry.to_bytes() if at == INDEX else b"entry %d" % at) for at in range(SIZE)
    ]
    completed = CompactRange().grow(leaves)[1]
    head = CompactRange().extend(leaves).head()
    signed = sign_note(Checkpoint.of(origin, head).to_text(), log)
    cosigned = [
        witness.cosign(signed.text, at=int(moment.timestamp()))
        for witness, moment in witnessed.items()
    ]
    path = inclusion_proof(INDEX, SIZE, lambda node: completed[node.height][node.index])
    return LogProof(
        index=INDEX,
        path=tuple(path),
        note=signed.with_signatures(cosigned),
        extra=Opening(entry, salt, content).to_bytes(),
    )
