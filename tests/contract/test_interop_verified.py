"""What others' libraries prove with a key of a recognised issuer is judged as our own: valid."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from services.verifier.domain.knowledge import KnownIssuer, KnownKey
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from shared.contracts.credential import CONTEXTS, stamp
from shared.proofs.json_ld import find_context
from shared.proofs.public_keys import VerifyingKey, parse_any_multikey
from shared.strict_json import JsonObject, canonical
from tests.contract.interop_data_integrity import DATA_INTEGRITY
from tests.contract.interop_dcc_vc import DCC_VC
from tests.support.npm import NodeProgram
from tests.unit.verifier.cases.entry import DOCUMENT, MADE, Neighbours, registered_as
from tests.unit.verifier.forge import DID, OIN, a_list, put

pytestmark = [pytest.mark.node, pytest.mark.anyio]
KEPT: Final[JsonObject] = {url: find_context(url) for url in CONTEXTS}
UNPROVEN: Final[JsonObject] = {name: it for name, it in DOCUMENT.items() if name != "proof"}
THEIR_KEY: Final = f"{DID}#key"
DAY: Final = timedelta(days=1)
MAKERS: Final[dict[str, tuple[NodeProgram, JsonObject]]] = {
    "Digital Bazaar, eddsa": (DATA_INTEGRITY, {"cryptosuite": "eddsa-rdfc-2022"}),
    "Digital Bazaar, ecdsa": (
        DATA_INTEGRITY,
        {"cryptosuite": "ecdsa-rdfc-2019", "curve": "P-256"},
    ),
    "the DCC": (DCC_VC, {}),
}


@dataclass(frozen=True)
class WithTheirKey(Neighbours):
    """A world whose issuer also signs with a key that another library made."""

    their_key: VerifyingKey | None = None

    @property
    def issuer(self) -> KnownIssuer:
        """Return our issuer with one key more."""
        known = super().issuer
        if self.their_key is None:
            return known
        key = KnownKey(kid=THEIR_KEY, organisation=OIN, key=self.their_key, published_at=MADE)
        return replace(known, keys={**known.keys, THEIR_KEY: key})


async def states(world: Neighbours, document: JsonObject) -> list[State]:
    """Return the verdicts on a document as it is handed in."""
    intake = Intake()
    verified = await world.verify(canonical(document), intake)
    await intake.close()
    return [one.verification.judgement.verdict.state for one in verified]


@pytest.mark.parametrize("maker", MAKERS)
async def test_a_credential_that_another_library_proved_is_valid_and_no_forgery_of_it(
    maker: str,
) -> None:
    program, asked = MAKERS[maker]
    program.install()
    made = program.ask("issue", credential=UNPROVEN, controller=DID, documents=KEPT, **asked)
    world = WithTheirKey(
        registered=registered_as(DOCUMENT), their_key=parse_any_multikey(made["multikey"])
    )

    # Their clock is that of today: what they made exists from then on.
    now = max(world.now, datetime.fromisoformat(made["proven"]["proof"]["created"]))
    fresh = a_list(changes=(put("validFrom", stamp(now)), put("validUntil", stamp(now + DAY))))
    today = replace(world, now=now, as_of=now, signed_list=fresh)
    assert await states(today, made["proven"]) == [State.VALID]
    assert await states(today, made["proven"] | {"name": "Another"}) == [State.ALTERED]
    assert await states(replace(today, their_key=None), made["proven"]) == [State.CANNOT_CHECK]
