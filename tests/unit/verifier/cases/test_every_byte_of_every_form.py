"""Whatever single byte of a valid credential is changed, in whatever form, it is never valid.

A token is signed as bytes, so no other spelling of it is believed. Of a document the meaning is
signed (Data Integrity): there another byte is believed only where it says exactly the same.
"""

import asyncio
import json
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verifier.domain.findings import Check, Code
from services.verifier.domain.verdict import Look, State
from services.verifier.intake import Intake
from shared.proofs.baking import bake_png
from tests.support.handing import a_png, itxt
from tests.unit.proofs.sd_jwts import HOLDER, bound, digest, disclosure
from tests.unit.proofs.sd_jwts import signed as sign_with
from tests.unit.verifier.cases.entry import (
    HONEST,
    WITH_DOCUMENT,
    Neighbours,
    a_document,
)
from tests.unit.verifier.forge import KEY, KID, NOW, changed, drop, header, put, sign
from tests.unit.verifier.world import finding

ENVELOPED: Final = sign(changed(), head=header(typ="vc+jwt", cty="vc"))
DOCUMENT: Final = a_document()
HIDDEN: Final = disclosure("c2FsdA", "name", "Inleiding kwantumcomputers")
SD_CLAIMS: Final = changed(
    drop("name"),
    drop("jti"),
    drop("sub"),
    put("_sd", [digest(HIDDEN)]),
    put("cnf", {"jwk": HOLDER.public.jwk}),
)
SD_JWT: Final = bound(
    f"{sign_with(SD_CLAIMS, KEY, kid=KID, typ='vc+sd-jwt')}~{HIDDEN}~", iat=int(NOW.timestamp())
)
WORLDS: Final = {
    HONEST: Neighbours(registered=HONEST),
    ENVELOPED: Neighbours(registered=ENVELOPED),
    DOCUMENT: WITH_DOCUMENT,
}
"""Each register holds the honest credential; it must not be asked to agree with the forgery."""
EXAMPLES: Final = ("a VC-JWT", "a vc+jwt", "a document")


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Give a loop of our own: hypothesis calls plain functions."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def judged(
    loop: asyncio.AbstractEventLoop, world: Neighbours, handed: str | bytes
) -> list[tuple[State, Look, bool]]:
    """Return the verdicts on what is handed in, and whether anything of it is shown."""
    verified = loop.run_until_complete(world.verify(handed, Intake()))
    judgements = [one.verification.judgement for one in verified]
    return [(it.verdict.state, it.verdict.look, it.credential is not None) for it in judgements]


def with_byte(text: str, place: int, byte: int) -> str:
    """Change one byte of a text."""
    return text[:place] + chr(byte) + text[place + 1 :]


@pytest.mark.parametrize("token", [HONEST, ENVELOPED], ids=EXAMPLES[:2])
def test_no_byte_of_a_token_can_be_changed(loop: asyncio.AbstractEventLoop, token: str) -> None:
    world = WORLDS[token]
    assert judged(loop, world, token) == [(State.VALID, Look.GREEN, True)]

    @given(place=st.integers(0, len(token) - 1), byte=st.integers(0, 127))
    def change(place: int, byte: int) -> None:
        forged = with_byte(token, place, byte)
        if forged != token:
            for state, look, is_shown in judged(loop, world, forged):
                assert state is not State.VALID
                assert look is not Look.GREEN
                assert not is_shown

    change()


def test_no_byte_of_a_document_can_be_changed_to_say_something_else(
    loop: asyncio.AbstractEventLoop,
) -> None:
    assert judged(loop, WITH_DOCUMENT, DOCUMENT) == [(State.VALID, Look.GREEN, True)]

    @given(place=st.integers(0, len(DOCUMENT) - 1), byte=st.integers(1, 127))
    def change(place: int, byte: int) -> None:
        forged = with_byte(DOCUMENT, place, byte)
        for _state, look, is_shown in judged(loop, WITH_DOCUMENT, forged):
            if look is Look.GREEN or is_shown:
                assert json.loads(forged) == json.loads(DOCUMENT)

    change()


def test_no_byte_of_an_sd_jwt_can_be_changed(loop: asyncio.AbstractEventLoop) -> None:
    """It is never green here, for its register entry is of the token; so look at what is signed."""
    world = Neighbours()

    def is_signed_and_bound(handed: str) -> bool:
        verified = loop.run_until_complete(world.verify(handed, Intake()))
        return any(
            finding(one.verification.judgement, Check.SIGNATURE).code is Code.SIGNATURE_HOLDS
            and finding(one.verification.judgement, Check.HOLDER).code is not Code.BINDING_BROKEN
            for one in verified
        )

    assert is_signed_and_bound(SD_JWT)

    @given(place=st.integers(0, len(SD_JWT) - 1), byte=st.integers(0, 127))
    def change(place: int, byte: int) -> None:
        forged = with_byte(SD_JWT, place, byte)
        if forged != SD_JWT:
            assert not is_signed_and_bound(forged)
            assert all(state is not State.VALID for state, _, _ in judged(loop, world, forged))

    change()


def test_no_byte_of_the_text_in_a_picture_can_be_changed(loop: asyncio.AbstractEventLoop) -> None:
    picture = bake_png(a_png(), HONEST)
    first = picture.index(b"eyJ")
    world = WORLDS[HONEST]
    assert judged(loop, world, picture) == [(State.VALID, Look.GREEN, True)]

    @given(place=st.integers(first, first + len(HONEST) - 1), byte=st.integers(0, 127))
    def change(place: int, byte: int) -> None:
        forged = bytearray(picture)
        forged[place] = byte
        rebaked = a_png_with(bytes(forged[first : first + len(HONEST)]))
        for handed in (bytes(forged), rebaked):
            if handed != picture:
                for state, _, is_shown in judged(loop, world, handed):
                    assert state is not State.VALID
                    assert not is_shown

    change()


def a_png_with(text: bytes) -> bytes:
    """Write a picture with whatever text where a credential should be, and a right checksum."""
    return a_png(itxt(text))
