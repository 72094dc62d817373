"""What a link and a short code hold, and that neither leads back from what is kept."""

import hashlib
import time

import pytest

from services.verifier.containers.links import parts_of_link, read_link
from services.verifier.domain.handed import Form
from services.verifier.domain.shares import CodesBusyError
from services.verifier.shares import codes
from services.verifier.shares.book import NOBODY, ShareQuotas, asked_by
from services.verifier.shares.codes import Pepper, new_code
from services.verifier.shares.secrets import LinkSecret, Withdrawal, read_id, write_id
from shared.contracts.short_codes import is_short_code
from shared.proofs.sealing import KeySettingError, SealBrokenError, open_sealed, seal
from shared.runtime.problems import TooManyRequestsError
from tests.support.shares import PEPPER

OWN = frozenset({"verifier.waarmerk.example", "127.0.0.1:8000"})
OTHER_PEPPER = "B" * 42 + "E"


def test_a_link_finds_and_opens_one_share_and_its_id_says_nothing_of_the_key() -> None:
    link = LinkSecret.new()
    again = LinkSecret.read(link.text)

    assert again is not None
    assert again.share_id == link.share_id == read_id(write_id(link.share_id))
    assert open_sealed(
        seal(b"x", key=link.key, context=link.context), key=again.key, context=again.context
    ) == (b"x")
    assert len(link.text) == 43
    assert link.share_id not in link.as_bytes()
    assert "_secret" not in repr(link)


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "?" * 43, "é" * 43], ids=range(5))
def test_what_is_no_key_or_id_is_none(text: str) -> None:
    assert LinkSecret.read(text) is None
    assert read_id(text) is None


def test_a_withdrawal_is_kept_as_a_hash_and_no_link_gives_it() -> None:
    link, secret = LinkSecret.new(), Withdrawal.new()

    assert Withdrawal(secret.text).digest == secret.digest
    assert secret.digest != Withdrawal(link.text).digest
    assert secret.text not in repr(secret)


def test_codes_have_a_check_character_and_are_never_twice_the_same() -> None:
    made = {new_code() for _ in range(2_000)}

    assert len(made) == 2_000
    assert all(is_short_code(one) for one in made)


def test_a_code_leads_to_one_place_however_it_is_typed_and_nowhere_without_the_pepper() -> None:
    pepper, other = Pepper.read(PEPPER), Pepper.read(OTHER_PEPPER)
    found = pepper.stretch("7Q4K-M2XD-9HT7")
    typed = pepper.stretch("7q4k m2xd 9ht7")
    sealed = seal(b"x", key=found.key, context=found.place)

    assert typed.place == found.place
    assert open_sealed(sealed, key=typed.key, context=typed.place) == b"x"
    assert other.stretch("7Q4K-M2XD-9HT7").place != found.place
    with pytest.raises(SealBrokenError):
        open_sealed(sealed, key=other.stretch("7Q4K-M2XD-9HT7").key, context=found.place)


def test_each_try_of_a_code_costs_what_we_say() -> None:
    began = time.process_time()
    Pepper.read(PEPPER).stretch("7Q4K-M2XD-9HT7")
    spent = time.process_time() - began

    assert (codes.COST, codes.BLOCK, codes.PARALLEL) == (2**15, 8, 1)
    assert spent > 100 * _cost_of_a_hash()


def _cost_of_a_hash() -> float:
    began = time.process_time()
    for _ in range(1_000):
        hashlib.sha256(b"7Q4KM2XD9HT7").digest()
    return (time.process_time() - began) / 1_000


@pytest.mark.parametrize("setting", ["", "A" * 42, "A" * 44, "#" * 43], ids=range(4))
def test_a_pepper_is_32_bytes(setting: str) -> None:
    with pytest.raises(KeySettingError):
        Pepper.read(setting)


def test_codes_are_counted_for_an_address_for_all_and_for_batches_apart() -> None:
    quotas = ShareQuotas(codes=2, together=5)
    asked_by.set("192.0.2.1")
    quotas.charge_code()
    quotas.charge_code()
    with pytest.raises(TooManyRequestsError):
        quotas.charge_code()

    asked_by.set(NOBODY)
    for _ in range(3):
        quotas.charge_code()
    with pytest.raises(CodesBusyError) as busy:
        quotas.charge_code()
    assert busy.value.retry_after > 0

    asked_by.set("batch")
    for _ in range(5):
        quotas.charge_code()


@pytest.mark.parametrize(
    ("text", "form", "parts"),
    [
        ("https://verifier.waarmerk.example/s/abc#" + "k" * 43, Form.SHARE_LINK, ("abc", "k" * 43)),
        ("https://verifier.waarmerk.example/s/abc", Form.SHARE_LINK, ("abc", "")),
        ("https://verifier.waarmerk.example/s/abc/", Form.SHARE_LINK, ("abc", "")),
        ("https://verifier.waarmerk.example/s/abc?lang=en#" + "k" * 43, Form.SHARE_LINK, None),
        ("http://127.0.0.1:8000/verifier/s/abc#" + "k" * 43, Form.SHARE_LINK, ("abc", "k" * 43)),
        ("http://verifier.waarmerk.example/s/abc#" + "k" * 43, Form.URL, None),
        ("http://127.0.0.1:9000/s/abc#" + "k" * 43, Form.URL, None),
        ("https://verifier.waarmerk.example/batches", Form.URL, None),
        ("https://verifier.waarmerk.example/s/7Q4K-M2XD-9HT7", Form.SHORT_CODE, None),
    ],
    ids=range(9),
)
def test_only_our_own_links_are_taken_apart(
    text: str, form: Form, parts: tuple[str, str] | None
) -> None:
    read = read_link(text, OWN)

    assert read is not None
    assert read[0] is form
    if parts is not None:
        assert parts_of_link(text) == parts
