"""The seal of a PDF is checked for real: what it is of, what came after, and who is in it."""

import gc
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign.fields import MDPPerm

from services.verifier.containers import seals
from services.verifier.containers.limits import LIMITS
from services.verifier.containers.pdf import read_pdf
from services.verifier.domain.seals import Seal, SealState, Since
from shared.proofs.certificate_paths import holder_of, read_chain
from tests.support.handing import TOKEN, a_pdf_with, a_raw_pdf, a_sealed_pdf
from tests.support.seals import (
    SCHOOL,
    SEALED_AT,
    a_sealer,
    alter_pdf,
    annotate_pdf,
    seal_in_part,
    seal_pdf,
    the_school,
)

PLAIN: Final = a_pdf_with("bewijs.jwt", TOKEN.encode())
SEALED: Final = seal_pdf(PLAIN)


def seals_of(body: bytes) -> tuple[Seal, ...]:
    return read_pdf(body, LIMITS).seals


def states_of(body: bytes) -> list[tuple[SealState, Since]]:
    return [(one.state, one.since) for one in seals_of(body)]


@pytest.mark.parametrize("is_pades", [True, False], ids=["PAdES", "PKCS#7"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_a_sealed_pdf_is_intact_and_not_changed_since(digest: str, *, is_pades: bool) -> None:
    (seal,) = seals_of(seal_pdf(PLAIN, is_pades=is_pades, digest=digest))

    assert (seal.state, seal.since) == (SealState.INTACT, Since.NOTHING)
    assert seal.sealed_at == SEALED_AT
    assert holder_of(read_chain(seal.certificates)[0]).organisation == SCHOOL
    assert len(seal.certificates) == len(the_school().chain)


def test_what_is_attached_to_a_sealed_pdf_is_found_as_in_any_other() -> None:
    assert [one.place.attachment for one in read_pdf(SEALED, LIMITS).found] == ["bewijs.jwt"]


def test_a_pdf_without_a_seal_has_none() -> None:
    assert seals_of(PLAIN) == ()


def test_words_about_seals_in_a_pdf_are_no_seal() -> None:
    assert seals_of(a_pdf_with("notes.txt", b"a /ByteRange [0 1 2 3] in a text")) == ()


def test_a_page_that_was_changed_afterwards_is_seen_though_its_seal_still_fits() -> None:
    assert states_of(alter_pdf(SEALED)) == [(SealState.INTACT, Since.CHANGED)]


def test_a_note_on_the_page_afterwards_is_a_change_that_people_see() -> None:
    assert states_of(annotate_pdf(SEALED)) == [(SealState.INTACT, Since.CHANGED)]


def test_a_change_that_the_seal_forbids_is_a_change() -> None:
    certified = seal_pdf(PLAIN, certifies=MDPPerm.NO_CHANGES)

    assert states_of(certified) == [(SealState.INTACT, Since.NOTHING)]
    assert states_of(seal_pdf(certified, field="Two")) == [
        (SealState.INTACT, Since.CHANGED),
        (SealState.INTACT, Since.NOTHING),
    ]


def test_a_second_seal_is_something_added_after_the_first() -> None:
    assert states_of(seal_pdf(SEALED, a_sealer("Somebody"), field="Two")) == [
        (SealState.INTACT, Since.ADDED),
        (SealState.INTACT, Since.NOTHING),
    ]


def test_one_digit_changed_under_a_seal_breaks_it() -> None:
    assert states_of(SEALED.replace(b"200 200", b"200 201")) == [(SealState.BROKEN, Since.UNKNOWN)]


@pytest.mark.parametrize("share", range(1, 10), ids=lambda share: f"at-{share}-tenths")
def test_no_byte_of_what_is_covered_can_be_another(share: int) -> None:
    at = len(PLAIN) * share // 10
    changed = SEALED[:at] + bytes([SEALED[at] ^ 1]) + SEALED[at + 1 :]

    assert not any(one.is_sound for one in seals_of(changed))


def test_words_after_the_end_are_something_added() -> None:
    assert states_of(SEALED + b"\n% more\n") == [(SealState.INTACT, Since.ADDED)]
    assert states_of(SEALED + b"\r\n") == [(SealState.INTACT, Since.NOTHING)]


@pytest.mark.parametrize("hidden", [b" ", b" /M (D:20260101)"], ids=["a blank", "a member"])
def test_a_seal_that_leaves_out_more_than_itself_is_broken(hidden: bytes) -> None:
    """Somebody else may fill the gap that a byte range leaves open."""
    assert states_of(seal_in_part(b"")) == [(SealState.INTACT, Since.NOTHING)]
    assert states_of(seal_in_part(hidden)) == [(SealState.BROKEN, Since.UNKNOWN)]


def test_a_seal_of_a_weak_digest_or_key_is_not_checked() -> None:
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 — too short is what this tests
    weak = a_sealer(key=short)

    assert states_of(seal_pdf(PLAIN, digest="sha1")) == [(SealState.UNCHECKED, Since.UNKNOWN)]
    assert states_of(seal_pdf(PLAIN, weak)) == [(SealState.UNCHECKED, Since.UNKNOWN)]


@pytest.mark.parametrize(
    "body",
    [
        a_sealed_pdf(),
        a_sealed_pdf(more=b"\n% more\n"),
        a_sealed_pdf().replace(b"/ByteRange", b"/ByteRanXX"),
        SEALED.replace(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.retached"),
    ],
    ids=["of nothing", "of nothing, and more", "without a range", "of another kind"],
)
def test_a_seal_that_cannot_be_read_is_not_checked(body: bytes) -> None:
    assert states_of(body) == [(SealState.UNCHECKED, Since.UNKNOWN)]


def test_no_more_seals_are_checked_than_agreed_and_that_is_seen() -> None:
    twice = seal_pdf(SEALED, field="Two")

    seals = read_pdf(twice, replace(LIMITS, pdf_seals=1)).seals

    assert [one.state for one in seals] == [SealState.INTACT, SealState.UNCHECKED]


@pytest.fixture
def no_callbacks() -> Iterator[None]:
    """Take out the callbacks of the garbage collector: what is raised in one is dropped."""
    before = gc.callbacks[:]
    gc.callbacks.clear()
    yield
    gc.callbacks[:] = before


@pytest.mark.usefixtures("no_callbacks")
def test_seals_that_take_too_long_are_not_checked_and_the_rest_is_read() -> None:
    began = time.monotonic()

    contents = read_pdf(SEALED, replace(LIMITS, seal_seconds=0.001))

    assert [one.state for one in contents.seals] == [SealState.UNCHECKED]
    assert [one.place.attachment for one in contents.found] == ["bewijs.jwt"]
    assert time.monotonic() - began < LIMITS.seal_seconds


def test_a_file_that_was_told_to_stop_where_nobody_hears_it_is_told_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropped: list[object] = []

    class Deaf:
        def __del__(self) -> None:
            work()

    def work() -> None:
        end = time.process_time() + 5
        while time.process_time() < end:
            pass

    def read_slowly(*_: object) -> tuple[Seal, ...]:
        Deaf()
        work()
        return ()

    monkeypatch.setattr(sys, "unraisablehook", dropped.append)
    monkeypatch.setattr(seals, "_read", read_slowly)
    began = time.process_time()

    contents = read_pdf(SEALED, replace(LIMITS, seal_seconds=0.01))

    assert len(dropped) == 1
    assert [one.state for one in contents.seals] == [SealState.UNCHECKED]
    assert time.process_time() - began < LIMITS.seal_seconds


def test_nobody_is_asked_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("somebody was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert states_of(SEALED) == [(SealState.INTACT, Since.NOTHING)]


def test_a_pdf_of_endless_fields_ends() -> None:
    knot = a_raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [4 0 R] >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        b"<< /FT /Sig /T (Seal) /Kids [4 0 R 4 0 R] /V 4 0 R /ByteRange [0 1 2 3] >>",
    )

    assert not any(one.is_sound for one in seals_of(knot))
