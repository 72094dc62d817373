"""Whether the register's log shows a credential from before its key was lost; for check 5.

Separate from the keys, because this is what a holder kept and hands in beside the credential: a
C2SP tlog-proof. In order:

1. It is such a proof, of the log we know, unaltered, and that log signed the tree it leads to.
2. Enough witnesses that we know cosigned that tree.
3. Its entry is a registration of this credential, digest and all, by this organisation; of an
   earlier credential also where a correction replaced it, for the entry names it as well.
4. So many of those witnesses as we ask for saw it before the moment: with fewer, one that lies
   about the time could undo a theft.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from services.verifier.checks.reading import Reading
from services.verifier.domain.log_faults import LogFault
from shared.contracts.registration import Registration
from shared.proofs import ProofRefusedError
from shared.proofs.log_proofs import (
    LoggedEntry,
    OtherLogError,
    QuorumError,
    check_log_proof,
    read_log_proof,
)
from shared.proofs.notes import NoteKey

_FAULTS: Final = {
    OtherLogError: LogFault.OTHER_LOG,
    QuorumError: LogFault.UNWITNESSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTrust:
    """Whom we believe about the log: its keys, its witnesses, and how many of these it takes."""

    log_keys: tuple[NoteKey, ...] = ()
    witnesses: tuple[NoteKey, ...] = ()
    quorum: int = 1


NO_LOG: Final = LogTrust()
"""Of whoever was told no log: nothing can be proven from one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedProof:
    """A log proof as it was handed in, and whom we would believe about it."""

    raw: bytes
    trust: LogTrust


def find_log_fault(
    handed: HandedProof, reading: Reading, *, organisation: str, before: datetime
) -> LogFault | None:
    """Return why it is not shown that the log held this credential before a moment; None if it is.

    What the entry says is compared with the credential, not with what the register says now: that
    is check 11, which holds as always.
    """
    trust = handed.trust
    if not trust.log_keys:
        return LogFault.NOT_TAKEN
    shown = _read(handed.raw, trust)  # 1, 2
    if isinstance(shown, LogFault):
        return shown
    if not _is_about(shown, reading, organisation=organisation):  # 3
        return LogFault.OF_ANOTHER
    in_time = sum(at < before.timestamp() for at, _ in shown.witnessed)
    return None if in_time >= trust.quorum else LogFault.TOO_LATE  # 4


def _read(raw: bytes, trust: LogTrust) -> LoggedEntry | LogFault:
    try:
        proof = read_log_proof(raw)
    except ProofRefusedError:
        return LogFault.UNREADABLE
    try:
        return check_log_proof(
            proof, log_keys=trust.log_keys, witnesses=trust.witnesses, quorum=trust.quorum
        )
    except ProofRefusedError as refused:
        return _FAULTS.get(type(refused), LogFault.ALTERED)


def _is_about(shown: LoggedEntry, reading: Reading, *, organisation: str) -> bool:
    try:
        logged = Registration.model_validate_json(shown.content)
    except ValidationError:  # the log holds more than registrations
        return False
    credential_id = reading.credential_id
    if credential_id is None or logged.organisation != organisation:
        return False
    known = logged.replacement_of(credential_id) or logged
    return (known.credential_id, known.credential_digest) == (credential_id, reading.digest)
