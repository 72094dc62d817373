"""Whose a seal is, is what a trusted authority says, on the day it was set, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from shared.proofs.certificate_paths import (
    MOST_CERTIFICATES,
    NO_ANCHORS,
    Anchors,
    AnchorsRefusedError,
    CertificateRefusedError,
    Standing,
    holder_of,
    key_of,
    read_anchors,
    read_chain,
    standing_of,
)
from shared.proofs.keys import KeyRefusedError
from tests.support.seals import (
    SCHOOL,
    SEALED_AT,
    Sealer,
    a_sealer,
    as_pem,
    the_authority,
    the_school,
    usage,
)

ANCHORS: Final = Anchors.of([the_authority().certificate])
NOW: Final = SEALED_AT + timedelta(days=3)
DOCUMENTS: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


def standing(
    sealer: Sealer, anchors: Anchors = ANCHORS, *, at: datetime = SEALED_AT, now: datetime = NOW
) -> Standing:
    return standing_of(sealer.chain, anchors, at=at, now=now)


def test_a_seal_leads_to_the_authority_by_way_of_others() -> None:
    assert len(the_school().chain) == 2
    assert standing(the_school()) is Standing.ANCHORED


def test_a_certificate_can_be_trusted_itself() -> None:
    alone = a_sealer()

    assert standing(alone, Anchors.of([alone.certificate])) is Standing.ANCHORED


def test_without_anchors_nobody_is_vouched_for() -> None:
    assert standing(the_school(), NO_ANCHORS) is Standing.NO_ANCHORS
    assert not NO_ANCHORS.verify(the_school().chain, at=SEALED_AT)


@pytest.mark.parametrize(
    "sealer",
    [
        a_sealer(),
        a_sealer(by=a_sealer("Voorbeeld CA", is_authority=True)),
        a_sealer(by=the_school()),
        Sealer(the_school().key, the_school().certificate, the_school().above[1:]),
    ],
    ids=["by itself", "by its namesake", "by no authority", "with a link missing"],
)
def test_a_seal_that_leads_nowhere_is_a_strangers(sealer: Sealer) -> None:
    assert standing(sealer) is Standing.UNANCHORED


def test_an_authority_that_may_not_sign_certificates_vouches_for_nobody() -> None:
    between = a_sealer(
        "Between", by=the_authority(), is_authority=True, extensions=[(usage("crl_sign"), True)]
    )

    assert standing(a_sealer(by=between)) is Standing.UNANCHORED


def test_an_unknown_demand_in_a_certificate_is_not_passed_over() -> None:
    demand = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")

    assert standing(a_sealer(by=the_authority(), extensions=[(demand, True)])) is (
        Standing.UNANCHORED
    )
    assert standing(a_sealer(by=the_authority(), extensions=[(demand, False)])) is (
        Standing.ANCHORED
    )


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (SEALED_AT - timedelta(days=365), Standing.ANCHORED),
        (SEALED_AT - timedelta(days=365, seconds=1), Standing.UNTIMELY),
        (SEALED_AT + timedelta(days=365), Standing.ANCHORED),
        (SEALED_AT + timedelta(days=365, seconds=1), Standing.UNTIMELY),
    ],
    ids=["first", "before", "last", "after"],
)
def test_a_certificate_counts_in_its_own_time(at: datetime, expected: Standing) -> None:
    assert standing(the_school(), at=at, now=at + timedelta(days=999)) is expected


def test_what_was_sealed_in_time_stays_sealed_when_the_certificate_has_ended() -> None:
    assert standing(the_school(), now=SEALED_AT + timedelta(days=9_999)) is Standing.ANCHORED


def test_a_seal_of_a_moment_that_has_not_come_is_untimely() -> None:
    assert standing(the_school(), now=SEALED_AT - timedelta(seconds=1)) is Standing.UNTIMELY


def test_an_authority_that_had_ended_vouches_for_nobody() -> None:
    ended = a_sealer("Ended", is_authority=True, until=SEALED_AT - timedelta(days=1))
    sealer = a_sealer(by=ended)

    assert standing(sealer, Anchors.of([ended.certificate])) is Standing.UNANCHORED


@pytest.mark.parametrize(
    ("extension", "expected"),
    [
        (usage("digital_signature"), Standing.ANCHORED),
        (usage("content_commitment"), Standing.ANCHORED),
        (usage("key_encipherment"), Standing.UNFIT),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), Standing.UNFIT),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, DOCUMENTS]), Standing.ANCHORED),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), Standing.ANCHORED),
    ],
    ids=["signs", "commits", "locks", "of a website", "of documents too", "of mail"],
)
def test_a_certificate_for_something_else_seals_nothing(
    extension: x509.ExtensionType, expected: Standing
) -> None:
    sealer = a_sealer(by=the_authority(), extensions=[(extension, True)])

    assert standing(sealer) is expected


def test_a_certificate_says_whose_it_is() -> None:
    holder = holder_of(the_school().certificate)

    assert (holder.best_name, holder.organisation_id) == (SCHOOL, "NTRNL-12345678")
    assert (holder.name, holder.country) == (f"{SCHOOL} e-seal", "NL")


def test_nothing_in_a_name_turns_around_how_the_rest_reads() -> None:
    assert holder_of(a_sealer("A\u202eB\nC").certificate).organisation == "ABC"


def test_anchors_are_read_as_an_operator_lists_them() -> None:
    read = read_anchors(b"# ours\n" + as_pem(the_authority(), a_sealer()))

    assert len(read.certificates) == 2
    assert standing(the_school(), read) is Standing.ANCHORED


@pytest.mark.parametrize("pem", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAA\n"])
def test_anchors_that_are_none_are_refused(pem: bytes) -> None:
    with pytest.raises(AnchorsRefusedError):
        read_anchors(pem)


@pytest.mark.parametrize(
    "ders",
    [
        [],
        [b"not one"],
        [the_school().certificate.public_bytes(Encoding.DER)] * (MOST_CERTIFICATES + 1),
        [b"0" * 20_000],
    ],
    ids=["none", "no certificate", "too many", "too long"],
)
def test_a_chain_that_cannot_be_read_is_refused(ders: list[bytes]) -> None:
    with pytest.raises(CertificateRefusedError):
        read_chain(ders)


def test_a_short_or_another_key_is_refused() -> None:
    short = a_sealer(key=rsa.generate_private_key(65537, 1024))  # noqa: S505 — too short is what this tests
    bitcoin = a_sealer(key=ec.generate_private_key(ec.SECP256K1()))

    edwards = _with_ed25519()
    strange = edwards.public_bytes(Encoding.DER).replace(b"\x2b\x65\x70", b"\x2b\x65\x7f")
    unheard = x509.load_der_x509_certificate(strange)

    for certificate in (short.certificate, bitcoin.certificate, edwards, unheard):
        with pytest.raises(KeyRefusedError):
            key_of(certificate, algorithm="RS256")


def _with_ed25519() -> x509.Certificate:
    key = ed25519.Ed25519PrivateKey.generate()
    named = the_authority().certificate.subject
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return x509.CertificateBuilder(named, named, key.public_key(), 1, moment, moment).sign(
        key, None
    )
