"""A text is known by its form, wherever it stands, and nothing about it is believed yet."""

import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verifier.containers.texts import recognise
from services.verifier.domain.handed import Container, Form, TakenIn
from services.verifier.domain.refusals import RefusalCode
from services.verifier.intake import Intake
from tests.support.handing import HOST, LINK, SD_JWT, TOKEN, a_token

pytestmark = pytest.mark.anyio

VP: Final = a_token('{"type":["VerifiablePresentation"]}', '{"alg":"ES256","typ":"vp+jwt"}')
OLD: Final = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Assertion",
    "recipient": {},
    "badge": "https://a.example/b",
    "verification": {"type": "hosted"},
}
ELM: Final = {
    "@context": [
        "https://www.w3.org/2018/credentials/v1",
        "http://data.europa.eu/snb/model/context/edc-ap",
    ],
    "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
}
PLAIN: Final = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
}


async def take(body: str | bytes) -> TakenIn:
    intake = Intake(own_hosts=frozenset({HOST}))
    return await intake.take_in(body if isinstance(body, bytes) else body.encode())


async def only(body: str | bytes) -> tuple[Form, str]:
    taken = await take(body)
    assert taken.refusals == ()
    (one,) = taken.handed
    return one.form, one.text


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (TOKEN, Form.VC_JWT),
        (SD_JWT, Form.SD_JWT_VC),
        (SD_JWT + TOKEN, Form.SD_JWT_VC),
        (VP, Form.PRESENTATION_JWT),
        (a_token('{"vp":{"type":"VerifiablePresentation"}}'), Form.PRESENTATION_JWT),
        (a_token('{"badge":1,"recipient":1,"verification":1}'), Form.OPEN_BADGES_2),
        (a_token('{"type":["EuropeanDigitalCredential"]}'), Form.ELM),
        (a_token('{"name":"VerifiablePresentation"}'), Form.VC_JWT),
        (json.dumps(OLD), Form.OPEN_BADGES_2),
        (json.dumps(ELM), Form.ELM),
        (json.dumps({"payload": json.dumps(ELM), "signatures": []}), Form.ELM),
        (json.dumps(PLAIN), Form.UNSIGNED),
        (json.dumps({**PLAIN, "proof": {}}), Form.EMBEDDED),
        (json.dumps({**PLAIN, "type": "VerifiablePresentation", "proof": {}}), Form.PRESENTATION),
        (json.dumps({"payload": "eyJ9", "signature": "x", "protected": "y"}), Form.UNKNOWN),
        (LINK, Form.SHARE_LINK),
        ("7Q4K-M2XD-9HT7", Form.SHORT_CODE),
        ("https://a.example/badge/1", Form.URL),
        ("Is dit echt?", Form.UNKNOWN),
    ],
)
async def test_each_form_is_known(text: str, form: Form) -> None:
    assert await only(text) == (form, text)


@given(before=st.text(st.sampled_from("abc"), max_size=7))
def test_a_presentation_is_known_wherever_its_type_stands(before: str) -> None:
    token = a_token(json.dumps({before: before, "type": ["VerifiablePresentation"]}))

    assert recognise(token) == (Form.PRESENTATION_JWT, token)


@pytest.mark.parametrize(
    "text",
    ["eyJhbGciOiJFUzI1NiJ9", "eyJhbGciOiJFUzI1NiJ9.e30", "eyJ.a.b.c", "eyJ=.a.b", "eyJ+/.é.b"],
)
async def test_a_broken_token_is_left_to_the_checks(text: str) -> None:
    assert await only(text) == (Form.VC_JWT, text)


async def test_a_token_is_freed_from_what_mails_and_editors_put_around_it() -> None:
    lines = "\r\n".join(TOKEN[at : at + 60] for at in range(0, len(TOKEN), 60))

    assert await only(lines) == (Form.VC_JWT, TOKEN)
    assert await only(f"\ufeff {TOKEN}\n") == (Form.VC_JWT, TOKEN)
    assert await only(TOKEN.encode("utf-16")) == (Form.VC_JWT, TOKEN)
    assert await only(f"data:application/vc+jwt,{TOKEN}") == (Form.VC_JWT, TOKEN)


async def test_an_envelope_and_an_answer_of_an_api_are_opened() -> None:
    envelope = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+sd-jwt,{SD_JWT}",
    }

    assert await only(json.dumps(envelope)) == (Form.SD_JWT_VC, SD_JWT)
    assert await only(json.dumps({"credential": TOKEN, "credentialId": "1"})) == (
        Form.VC_JWT,
        TOKEN,
    )


async def test_a_list_of_proofs_gives_each_of_them() -> None:
    taken = await take(json.dumps([TOKEN, PLAIN, [TOKEN], 7]))

    assert [one.form for one in taken.handed] == [Form.VC_JWT, Form.UNSIGNED]
    assert json.loads(taken.handed[1].text) == PLAIN


async def test_a_document_keeps_every_byte_of_its_own() -> None:
    text = json.dumps({**PLAIN, "proof": {}, "amount": 1.10}, indent=3)

    assert await only(f"\n{text}\n") == (Form.EMBEDDED, text)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"issuer": 1, "issuer": 2}', "json-duplicate-key"),
        (b'{"a": NaN}', "json-not-finite"),
        (b'{"a": "\\ud800"}', "json-lone-surrogate"),
        (b'\xef\xbb\xbf{"a": 1}', "json-byte-order-mark"),
        (b'{"a": "\xff"}', "json-not-utf8"),
        (b"[" * 50_000, "json-too-deep"),
        (b'{"a": ', "json-malformed"),
    ],
)
async def test_json_with_two_meanings_or_none_is_refused(body: bytes, reason: str) -> None:
    taken = await take(body)

    (refusal,) = taken.refusals
    assert (refusal.code, refusal.reason) == (RefusalCode.JSON_UNREADABLE, reason)
    assert taken.handed == ()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f"{HOST}/s/7Q4K-M2XD-9HT7#kJ3sYw0Qm2f8ZrT1vB6c", Form.SHARE_LINK),
        (LINK.replace("https", "http"), Form.URL),
        (LINK.replace(HOST, f"{HOST}.evil.example"), Form.URL),
        (LINK.replace(HOST, f"{HOST}@evil.example"), Form.URL),
        (LINK.replace(HOST, f"evil@{HOST}"), Form.URL),
        (LINK.replace(HOST, f"{HOST}:8443"), Form.URL),
        (LINK.partition("#")[0] + "#short", Form.SHORT_CODE),
        (LINK.partition("#")[0], Form.SHORT_CODE),
        (f"https://{HOST}/about", Form.URL),
        ("https://wааrmerk.example/s/1#kJ3sYw0Qm2f8ZrT1vB6c", Form.URL),  # noqa: RUF001 - two Cyrillic letters
        ("javascript:alert(1)", Form.UNKNOWN),
        ("https://[::1", Form.UNKNOWN),
        ("https://\\evil.example", Form.UNKNOWN),
        ("https:///nobody", Form.UNKNOWN),
    ],
)
async def test_a_link_is_ours_by_its_whole_host_only(text: str, form: Form) -> None:
    assert (await only(text))[0] is form


async def test_a_word_of_twelve_letters_is_no_code_but_a_grouped_slip_is() -> None:
    assert (await only("certificates"))[0] is Form.UNKNOWN
    assert await only("7q4k n2xd 9ht7") == (Form.SHORT_CODE, "7Q4K-N2XD-9HT7")


async def test_what_stands_in_a_letter_is_found_with_its_line() -> None:
    letter = (
        f"Beste,\n\nMijn bewijs: {LINK}.\nOf de code 7Q4K-M2XD-9HT7, bel 0612-3456-7890\n\n{TOKEN}"
    )

    taken = await take(letter)

    assert [(one.form, one.place.row) for one in taken.handed] == [
        (Form.SHARE_LINK, 3),
        (Form.SHORT_CODE, 4),
        (Form.VC_JWT, 6),
    ]
    assert taken.handed[0].text == LINK
    assert taken.container is Container.TEXT


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
async def test_nothing_is_refused_as_nothing(body: bytes) -> None:
    taken = await take(body)

    assert [one.code for one in taken.refusals] == [RefusalCode.EMPTY]


@pytest.mark.parametrize(
    "body",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        b"\0\0\0\x18ftypheic" + b"\0" * 100,
        b"<!DOCTYPE html><html></html>",
        b"MZ\0\0\0",
        b"RIFF\0\0\0\0WAVE",
        b"{\\rtf1}",
    ],
)
async def test_a_file_nobody_here_reads_is_refused_with_advice(body: bytes) -> None:
    taken = await take(body)

    assert [one.code for one in taken.refusals] == [RefusalCode.OTHER_FILE]


async def test_what_is_far_too_large_is_refused() -> None:
    taken = await take(b"{" + b" " * 1024**2 + b"}")

    assert [one.code for one in taken.refusals] == [RefusalCode.TOO_LARGE]


@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_has_a_sentence_in_both_languages(code: RefusalCode) -> None:
    assert code.sentence.nl.endswith((".", "?"))
    assert code.sentence.en.endswith((".", "?"))
    assert code.sentence.nl != code.sentence.en
