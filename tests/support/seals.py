"""An authority of our own and the seals it vouches for: certificates, and PDFs sealed with them.

Apart from the tests, because a PDF and a European credential are sealed with the same ones. All of
it is made anew in each run; nobody outside these tests trusts any of it.
"""

import asyncio
import datetime as dt
import io
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, Final

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate as PdfCertificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NumberObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.support.handing import PAGE, PAGES, a_raw_pdf
from tests.unit.verifier.forge import NOW

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
SCHOOL: Final = "Voorbeeld Hogeschool"
SEALED_AT: Final = NOW - dt.timedelta(days=3)
_YEAR: Final = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Sealer:
    """Who seals: a key, its certificate, and those above it, the nearest first."""

    key: PrivateKey
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Return all of it, as it is shown: without the authority at its end."""
        return (self.certificate, *self.above[:-1])


def a_sealer(
    name: str = SCHOOL,
    *,
    by: Sealer | None = None,
    key: PrivateKey | None = None,
    is_authority: bool = False,
    since: dt.datetime = SEALED_AT - _YEAR,
    until: dt.datetime = SEALED_AT + _YEAR,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Sealer:
    """Make a certificate for a seal, by an authority or by itself."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(ObjectIdentifier("2.5.4.97"), "NTRNL-12345678"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name} e-seal"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    for extension, is_critical in extensions:
        builder = builder.add_extension(extension, critical=is_critical)
    certificate = builder.sign(by.key if by else own, hashes.SHA256())
    return Sealer(own, certificate, (by.certificate, *by.above) if by else ())


def usage(*named: str) -> x509.KeyUsage:
    """Say what a key is for, and for nothing else."""
    all_of_them = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{one: one in named for one in all_of_them.split()})


@cache
def the_authority() -> Sealer:
    """Give the one authority that a test may trust."""
    return a_sealer("Voorbeeld CA", is_authority=True)


@cache
def the_school() -> Sealer:
    """Give a school that the authority knows, by way of another certificate of its own."""
    between = a_sealer("Voorbeeld CA zegels", by=the_authority(), is_authority=True)
    return a_sealer(by=between, extensions=[(usage("content_commitment"), True)])


def as_pem(*sealers: Sealer) -> bytes:
    """Write certificates as an operator lists them."""
    return b"".join(one.certificate.public_bytes(serialization.Encoding.PEM) for one in sealers)


# --- PDF ---------------------------------------------------------------------------------------


class _DatedSigner(signers.PdfSigner):
    """Seals at a moment of our choice."""

    moment: dt.datetime = SEALED_AT

    def init_signing_session(self, *args: Any, **named: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **named)
        session.system_time = self.moment
        return session

    def _enforce_certification_constraints(self, reader: Any) -> None:
        """Seal what an earlier seal forbids, as a forger would."""


def seal_pdf(
    body: bytes,
    sealer: Sealer | None = None,
    *,
    field: str = "Seal",
    at: dt.datetime = SEALED_AT,
    is_pades: bool = True,
    certifies: MDPPerm | None = None,
    digest: str = "sha256",
) -> bytes:
    """Seal a PDF as its maker does, over all of it."""
    signer = _DatedSigner(
        signers.PdfSignatureMetadata(
            field_name=field,
            md_algorithm=digest,
            subfilter=(
                SigSeedSubFilter.PADES if is_pades else SigSeedSubFilter.ADOBE_PKCS7_DETACHED
            ),
            certify=certifies is not None,
            docmdp_permissions=certifies or MDPPerm.FILL_FORMS,
        ),
        signer=_signer(sealer or the_school()),
    )
    signer.moment = at
    out = io.BytesIO()
    _run(signer.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(body)), output=out))
    return out.getvalue()


def seal_in_part(hidden: bytes, sealer: Sealer | None = None) -> bytes:
    """Seal a PDF but for the seal and something beside it, which anybody can replace."""
    by = sealer or the_school()
    hole, slot = b"<" + b"0" * 16_384 + b">", b"[0000000000 0000000000 0000000000 0000000000]"
    written = a_raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [4 0 R] >> >>",
        PAGES,
        PAGE,
        b"<< /FT /Sig /Type /Annot /Subtype /Widget /T (Seal) /Rect [0 0 0 0] /V 5 0 R >>",
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange %b "
        b"/Contents %b%b >>" % (slot, hole, hidden),
    )
    first = written.index(hole)
    second = first + len(hole) + len(hidden)
    ranges = b"[%010d %010d %010d %010d]" % (0, first, second, len(written) - second)
    written = written.replace(slot, ranges)
    covered = written[:first] + written[second:]
    signing = _signer(by).async_sign(sha256(covered).digest(), "sha256", use_pades=True)
    signed = _run(signing).dump()
    return written.replace(hole, b"<" + signed.hex().encode().ljust(16_384, b"0") + b">")


def alter_pdf(sealed: bytes) -> bytes:
    """Change what is on the page after it was sealed, as an editor of PDFs does."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/MediaBox"] = ArrayObject(map(NumberObject, (0, 0, 300, 300)))
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def annotate_pdf(sealed: bytes) -> bytes:
    """Put a note on the page after it was sealed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    page = writer.root["/Pages"]["/Kids"][0]
    note = writer.add_object(_a_note())
    page["/Annots"] = ArrayObject([*page.get("/Annots", ()), note])
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _a_note() -> Any:
    return DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): ArrayObject(map(NumberObject, (10, 10, 90, 40))),
            pdf_name("/Contents"): TextStringObject("10,0"),
            pdf_name("/DA"): TextStringObject("/Helv 12 Tf"),
        }
    )


def _run(sealing: Coroutine[Any, Any, Any]) -> Any:
    """Seal also where a loop is running: in a thread, with one of its own."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, sealing).result()


def _signer(by: Sealer) -> signers.SimpleSigner:
    registry = SimpleCertificateStore()
    registry.register_multiple([_for_pdf(one) for one in by.chain])
    private = by.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return signers.SimpleSigner(
        signing_cert=_for_pdf(by.certificate),
        signing_key=PrivateKeyInfo.load(private),
        cert_registry=registry,
    )


def _for_pdf(certificate: x509.Certificate) -> PdfCertificate:
    return PdfCertificate.load(certificate.public_bytes(serialization.Encoding.DER))
