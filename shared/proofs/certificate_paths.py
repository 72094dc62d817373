"""RFC 5280: whose a seal's certificate is, and whether it leads to one an operator trusts.

Separate from the seals themselves (`jades`, and PDFs in their reader), because whoever makes a
certificate can write any name in it: only the path says whether that name means something. Nothing
is fetched, so what its maker revoked is not known here. In this order (RFC 5280 section 6.1):
 1. the certificate counts at the moment asked about, and so does every other on the path;
 2. it is for signing: its key usage and extended key usage allow that, where it has them;
 3. each is signed by the next, which is of an authority and within its path length;
 4. no critical extension is unknown; the last is an anchor. A certificate may be an anchor itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from shared.proofs import ProofRefusedError, base64url
from shared.proofs.foreign_keys import parse_curve_point, parse_rsa_jwk
from shared.proofs.keys import KeyTypeRefusedError, parse_public_point
from shared.proofs.public_keys import VerifyingKey

Extension = TypeVar("Extension", bound=x509.ExtensionType)

MOST_CERTIFICATES: Final = 10
MAX_CERTIFICATE_BYTES: Final = 16 * 1024
_LONGEST_PATH: Final = 4
_LONGEST_NAME: Final = 200
# RFC 9336, RFC 5280 §4.2.1.12, and what makers of documents used before there was one for them.
_FOR_DOCUMENTS: Final = frozenset(
    {
        x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),
        x509.ObjectIdentifier("1.2.840.113583.1.1.5"),
        x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }
)
# What the library says of a certificate that is none, each found by fuzzing.
_BROKEN: Final = (
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_ORGANISATION_ID: Final = x509.ObjectIdentifier("2.5.4.97")


class CertificateRefusedError(ProofRefusedError):
    """The certificate of the seal cannot be read, or there are too many."""

    code = "certificate-refused"
    dutch = "Het certificaat van het zegel is niet te lezen, of er zijn er te veel."


class AnchorsRefusedError(ProofRefusedError):
    """The trust anchors are not a file of PEM certificates."""

    code = "anchors-refused"
    dutch = "De vertrouwde certificaten zijn geen bestand met certificaten in PEM."


class Standing(StrEnum):
    """What the certificate of a seal is worth."""

    ANCHORED = "anchored"
    UNANCHORED = "unanchored"
    NO_ANCHORS = "no-anchors"
    UNTIMELY = "untimely"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateHolder:
    """Whom a certificate names; each empty where it says nothing (ETSI EN 319 412-3 §4.2.1)."""

    name: str = ""
    organisation: str = ""
    organisation_id: str = ""
    """Such as `NTRNL-12345678`: a kind of register, a country and a number."""
    country: str = ""

    @property
    def best_name(self) -> str:
        """Return what to call it: its organisation, or else its own name."""
        return self.organisation or self.name


@dataclass(frozen=True, slots=True)
class Anchors:
    """The certificates an operator trusts; none is a choice too."""

    certificates: tuple[x509.Certificate, ...] = ()
    _store: Store | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, certificates: Sequence[x509.Certificate]) -> "Anchors":
        """Trust these."""
        return cls(tuple(certificates), Store(list(certificates)) if certificates else None)

    def verify(self, chain: Sequence[x509.Certificate], *, at: datetime) -> bool:
        """Tell whether a chain, its own certificate first, led to one of these at that moment."""
        if self._store is None:
            return False
        verifier = (
            PolicyBuilder()
            .store(self._store)
            .time(at)
            .max_chain_depth(_LONGEST_PATH)
            .extension_policies(ca_policy=_AUTHORITY, ee_policy=ExtensionPolicy.permit_all())
            .build_client_verifier()
        )
        try:
            verifier.verify(chain[0], list(chain[1:]))
        except (VerificationError, ValueError):
            return False
        return True


NO_ANCHORS: Final = Anchors()


def read_anchors(pem: bytes) -> Anchors:
    """Read the certificates in a PEM file (RFC 7468), or raise AnchorsRefusedError."""
    try:
        return Anchors.of(x509.load_pem_x509_certificates(pem))
    except ValueError:
        raise AnchorsRefusedError from None


def read_chain(ders: Sequence[bytes]) -> tuple[x509.Certificate, ...]:
    """Read a chain of DER certificates, at most ten of 16 kB, or raise CertificateRefusedError."""
    if not 0 < len(ders) <= MOST_CERTIFICATES:
        raise CertificateRefusedError
    if any(len(der) > MAX_CERTIFICATE_BYTES for der in ders):
        raise CertificateRefusedError
    try:
        chain = tuple(map(x509.load_der_x509_certificate, ders))
        for each in chain:
            _ = each.extensions, each.subject
    except _BROKEN:
        raise CertificateRefusedError from None
    return chain


def standing_of(
    chain: Sequence[x509.Certificate], anchors: Anchors, *, at: datetime, now: datetime
) -> Standing:
    """Say what the first of a chain is worth for a seal that says to be of `at`.

    Both moments have a zone. A seal of a moment that has not come is untimely.
    """
    own = chain[0]
    if at > now or not own.not_valid_before_utc <= at <= own.not_valid_after_utc:  # 1
        return Standing.UNTIMELY
    if not _is_for_seals(own):  # 2
        return Standing.UNFIT
    if not anchors.certificates:
        return Standing.NO_ANCHORS
    return Standing.ANCHORED if anchors.verify(chain, at=at) else Standing.UNANCHORED  # 3, 4


def holder_of(certificate: x509.Certificate) -> CertificateHolder:
    """Say whom a certificate names, in its own words."""
    return CertificateHolder(
        name=_said(certificate, NameOID.COMMON_NAME),
        organisation=_said(certificate, NameOID.ORGANIZATION_NAME),
        organisation_id=_said(certificate, _ORGANISATION_ID),
        country=_said(certificate, NameOID.COUNTRY_NAME),
    )


def key_of(certificate: x509.Certificate, *, algorithm: str) -> VerifyingKey:
    """Return the key of a certificate for a JWS algorithm, or raise KeyRefusedError.

    RFC 7518: ES256 on P-256, ES384 on P-384, ES512 on P-521; RS256 and PS256 with RSA of 2,048 to
    4,096 bits.
    """
    try:
        public = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        raise KeyTypeRefusedError from None
    if isinstance(public, rsa.RSAPublicKey):
        return parse_rsa_jwk(_rsa_jwk(public, algorithm))
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise KeyTypeRefusedError
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if isinstance(public.curve, ec.SECP256R1):
        return parse_public_point(point)
    if isinstance(public.curve, ec.SECP384R1):
        return parse_curve_point("P-384", point)
    if isinstance(public.curve, ec.SECP521R1):
        return parse_curve_point("P-521", point)
    raise KeyTypeRefusedError


def _rsa_jwk(public: rsa.RSAPublicKey, algorithm: str) -> dict[str, object]:
    numbers = public.public_numbers()
    modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8)
    exponent = numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8)
    return {
        "kty": "RSA",
        "n": base64url.encode(modulus).decode(),
        "e": base64url.encode(exponent).decode(),
        "alg": algorithm,
    }


def _is_for_seals(certificate: x509.Certificate) -> bool:
    usage = _extension(certificate, x509.KeyUsage)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        return False
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    return purposes is None or not _FOR_DOCUMENTS.isdisjoint(purposes)


def _extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _said(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(kind)
    value = found[0].value if found else ""
    # Whoever made it chose these words: nothing in them may turn around how the rest reads.
    return "".join(one for one in str(value)[:_LONGEST_NAME] if one.isprintable()).strip()


def _require_may_sign(_: Policy, __: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("not for signing certificates")


_AUTHORITY: Final = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)  # It asks for `cA` itself.
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _require_may_sign)
)
