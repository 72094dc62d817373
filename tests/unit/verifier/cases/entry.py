"""The real entry of the verifier in a world that a test decides: bytes go in, verdicts come out.

Apart from the world of single tokens, because whatever comes in is sniffed, opened and read first,
and a case must not know how.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic_core import to_json

from services.verifier import operations
from services.verifier.checks.holder import AskedHolder
from services.verifier.checks.status import open_list
from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.knowledge import Held, Knowledge, KnownIssuer, KnownKey, OpenList
from services.verifier.domain.verdict import Look, State
from services.verifier.foreign.asking import REACH
from services.verifier.foreign.resolving import ForeignKeys
from services.verifier.intake import Intake
from services.verifier.operations import Desk, Verified
from services.verifier.repository.memory import Memory
from services.verifier.schemas.verification import VerificationAnswer
from services.verifier.schemas.written import write_answer
from shared.contracts.credential import AchievementCredential, with_jwt_claims
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Policy
from shared.proofs.data_integrity import hashes_of, proof_options, prove
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.runtime.fetching import Reach
from shared.strict_json import JsonObject, JsonValue
from tests.unit.verifier.forge import (
    CREDENTIAL,
    DID,
    LIST_URL,
    OIN,
    PAGE,
    Change,
    a_token,
    b64,
    changed,
)
from tests.unit.verifier.world import World, finding

ED25519: Final = Ed25519SigningKey.generate()
METHOD: Final = f"{DID}#{ED25519.public.thumbprint}"
MADE: Final = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
HONEST: Final = a_token()
_CLAIMS: Final = ("iss", "jti", "sub", "nbf", "exp")
_SECRETS: Final = (b"Sam de Vries", b"kwantum", b"qubit")
"""What a credential of the forge says, and nobody else does."""

Made = str | bytes | Callable[[], str | bytes]


@dataclass(frozen=True)
class Neighbours(World):
    """A world with an issuer of two keys, others who may endorse, and strangers beyond."""

    endorsers: tuple[KnownIssuer, ...] = ()
    endorsers_list: str | None = None
    looks_abroad: bool = False
    reach: Reach = REACH

    @property
    def issuer(self) -> KnownIssuer:
        """Return who signs under our did, tokens with one key and documents with the other."""
        known = super().issuer
        embedded = KnownKey(
            kid=METHOD,
            organisation=OIN,
            key=ED25519.public,
            published_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        return replace(known, keys={**known.keys, METHOD: embedded})

    async def verify(
        self, made: Made, intake: Intake, *, asked: AskedHolder | None = None
    ) -> Sequence[Verified]:
        """Hand something in, as anybody may."""
        handed = made() if callable(made) else made
        content = handed.encode() if isinstance(handed, str) else handed
        desk = self.desk(content, intake)
        return await operations.verify_all(desk, content, asked=asked, now=self.now)

    def desk(self, content: bytes, intake: Intake) -> Desk:
        """Return the desk at which this is judged."""
        foreign = ForeignKeys(allowed=self.looks_abroad, reach=self.reach, clock=lambda: self.now)
        return Desk(_Remembered(self, content), timedelta(hours=24), foreign, intake)


class _Remembered(Memory):
    """What a verifier remembers, without a database behind it."""

    def __init__(self, world: Neighbours, content: bytes) -> None:
        self._world = world
        self._content = content

    async def refresh(self) -> Knowledge:
        """Return how fresh we are."""
        return Knowledge(self._world.as_of)

    async def find_issuer(self, did: str) -> KnownIssuer | None:
        """Return who signs under this did."""
        world = self._world
        known = {one.did: one for one in world.endorsers}
        if world.is_issuer_known:
            known[DID] = world.issuer
        return known.get(did)

    async def find_microcredential(self, page: str, version: str) -> Microcredential | None:
        """Return the one that is published."""
        return self._world.microcredential if (page, version) == (PAGE, "1") else None

    async def find_policy(self, subject: str) -> Policy | None:
        """Return the one there is."""
        return self._world.policy if subject == "wo@1" else None

    async def find_list(self, url: str, issuer: KnownIssuer) -> OpenList | None:
        """Return the one list there is, opened as one of this issuer's."""
        known = self._world.signed_list if issuer.did == DID else self._world.endorsers_list
        signed = known if url == LIST_URL else None
        return open_list(signed, url=url, issuer=issuer) if signed else None

    async def find_registration(self, credential_id: UUID) -> Held | None:
        """Return what the register says: it holds what is handed in, unless told otherwise."""
        if credential_id != CREDENTIAL:
            return None
        is_token = self._content.startswith(b"eyJ") and b"~" not in self._content
        return self._world.registration(self._content.decode() if is_token else HONEST)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way to be wrong, and what must come of it."""

    number: int
    wrong: str
    made: Made
    check: Check
    code: Code
    state: State
    outcome: Outcome = Outcome.FAILED
    reason: str | None = None
    world: Neighbours = field(default_factory=Neighbours)
    asked: AskedHolder | None = None
    is_shown: bool = False
    """Whether its issuer surely said it, so that its content may be shown."""
    decisive: Code | None = None
    """The code of the verdict, where another check found something graver."""

    def __str__(self) -> str:
        """Return its number and what is wrong."""
        return f"{self.number:02}-{self.wrong}"


async def assert_refused(case: Case, intake: Intake) -> None:
    """Hand it in and see which check says so, that nothing is green, and what is shown."""
    verified = await case.world.verify(case.made, intake, asked=case.asked)

    assert verified
    for one in verified:
        judgement = one.verification.judgement
        found = finding(judgement, case.check)
        assert (found.outcome, found.code, found.reason) == (case.outcome, case.code, case.reason)
        decided = judgement.verdict
        assert (decided.state, decided.code) == (case.state, case.decisive or case.code)
        assert decided.look is not Look.GREEN
        assert (judgement.credential is not None) is case.is_shown
        told = write_answer(one.verification)
        assert json.loads(told) == VerificationAnswer.of(one.verification).model_dump(mode="json")
        assert any(secret in told for secret in _SECRETS) is case.is_shown


def a_document(*changes: Change, by: Ed25519SigningKey = ED25519, **options: JsonValue) -> str:
    """Write a credential with the proof of an honest issuer in it, changed before it is made."""
    return to_json(a_proven(*changes, by=by, **options)).decode()


def a_proven(*changes: Change, by: Ed25519SigningKey = ED25519, **options: JsonValue) -> JsonObject:
    """Make a credential with a proof, with these options instead of the usual; None leaves out."""
    unproven = {name: it for name, it in changed(*changes).items() if name not in _CLAIMS}
    usual = {**proof_options(verification_method=METHOD, created=MADE), **options}
    made: JsonObject = {name: it for name, it in usual.items() if it is not None}
    return prove(unproven, made, by.sign(hashes_of(unproven, made)))


def altered(*changes: Change) -> Callable[[], str]:
    """Write a credential with a proof, changed after it was made, as a holder could."""

    def make() -> str:
        document = a_proven()
        for change in changes:
            change(document)
        return to_json(document).decode()

    return make


def registered_as(document: Mapping[str, object]) -> str:
    """Return what the register holds of a document: the same credential as a token of ours."""
    credential = AchievementCredential.model_validate_json(to_json(document))
    return f".{b64(to_json(with_jwt_claims(credential.to_wire(), credential)))}."


DOCUMENT: Final = a_proven()
WITH_DOCUMENT: Final = Neighbours(registered=registered_as(DOCUMENT))
"""A world whose register holds the credential of `a_document`."""
