"""The OpenWallet Foundation's reader finds in our token lists what we wrote, and we in its own."""

import json
import random
from datetime import UTC, datetime

import pytest

from shared.proofs import jws, token_status_lists
from shared.proofs.keys import SigningKey
from shared.proofs.status_lists import MIN_ENTRIES
from tests.contract.interop_status_lists import STATUS_LISTS

pytestmark = pytest.mark.node
INVALID = [0, 5, 77_777, MIN_ENTRIES - 1]
SUSPENDED = [1, 6, 99_999]


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    STATUS_LISTS.install()


def test_it_reads_what_we_wrote() -> None:
    claims = token_status_lists.status_list_claims(
        url="https://issuer.example.nl/token-status-lists/1/1",
        issuer="did:web:issuer.example.nl",
        listed=token_status_lists.token_list(
            invalid=INVALID, suspended=SUSPENDED, size=MIN_ENTRIES
        ),
        now=datetime(2026, 11, 22, 12, tzinfo=UTC),
        aggregation_url="https://issuer.example.nl/token-status-lists/1",
    )
    header = {"kid": "did:web:issuer.example.nl#1", "typ": token_status_lists.TYPE}
    token = jws.sign(json.dumps(claims).encode(), key=SigningKey.generate(), header=header)

    told = STATUS_LISTS.ask("read", token=token, places=[*INVALID, *SUSPENDED, 2, 4, 7])

    assert told == {"bits": 2, "values": [*[1] * 4, *[2] * 3, 0, 0, 0]}


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_we_read_what_it_wrote(bits: int) -> None:
    values = random.Random(bits).choices(range(1 << bits), k=64)

    listed = token_status_lists.decode(STATUS_LISTS.ask("write", bits=bits, values=list(values)))

    assert [listed.read(index) for index in range(64)] == values
