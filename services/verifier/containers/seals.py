"""The seals of a PDF (PAdES, ETSI EN 319 142-1), checked: does each still fit, and what came after.

Apart from the rest of a PDF, because this stands on a second parser, heavy and so loaded only for a
PDF that has a seal. Whose a seal is, is for whoever has the trust anchors. In this order:
 1. as many seals as agreed, in so much time; what goes wrong here is a seal that is not checked;
 2. the kind: CAdES or PKCS#7, detached, with signed attributes, SHA-2 (EN 319 142-1 6.3);
 3. the byte range starts at 0, and what it leaves out is the seal and nothing else, character by
    character (ISO 32000-1 12.8.1): a gap that holds more is where forgers put theirs;
 4. the digest of the range and the signature over it (RFC 5652 5.4, 5.6);
 5. what was added after the revision that was sealed, and of what kind (ISO 32000-1 12.8.2.2).
Nothing is fetched: what needs a network here is never asked.
"""

import io
import logging
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING, Final

from services.verifier.containers.limits import Limits
from services.verifier.domain.seals import Seal, SealState, Since

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

_MARK: Final = b"/ByteRange"
_HEX: Final = re.compile(rb"<([0-9A-Fa-f]*)>")
_KINDS: Final = frozenset({"/ETSI.CAdES.detached", "/adbe.pkcs7.detached"})
_DIGESTS: Final = frozenset({"sha256", "sha384", "sha512"})
_LEAST_RSA_BITS: Final = 2048
_MOST_CERTIFICATES: Final = 10
_RANGE: Final = 4
_BLANK: Final = b" \t\r\n\0"
_AGAIN_SECONDS: Final = 0.25
_UNCHECKED: Final = Seal(state=SealState.UNCHECKED)


class _OutOfTimeError(BaseException):
    """Not an Exception, so that no parser takes it for a fault of the file."""


def has_mark(body: bytes) -> bool:
    """Say whether a PDF may have a seal: its byte range cannot stand in anything compressed."""
    return _MARK in body


def read_seals(body: bytes, limits: Limits, *, is_seen: bool) -> tuple[Seal, ...]:
    """Check the seals of a PDF, in the order in which they were set; raises nothing it can cause.

    Where another parser has seen one (`is_seen`), there is one, checked or not.
    """
    least = (_UNCHECKED,) if is_seen else ()
    from pyhanko.sign.validation import pdf_embedded  # noqa: F401, PLC0415 - half a second to load

    try:
        with _at_most(limits.seal_seconds):
            return _read(body, limits) or least
    except (_OutOfTimeError, MemoryError):
        return (_UNCHECKED,)
    except Exception:  # noqa: BLE001 - a parser we did not write: what it raises says nothing
        return least


def _read(body: bytes, limits: Limits) -> tuple[Seal, ...]:
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - loaded by now
    from pyhanko.sign.fields import enumerate_sig_fields  # noqa: PLC0415 - the same
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature  # noqa: PLC0415 - the same

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    reader = PdfFileReader(io.BytesIO(body))
    seals: list[tuple[int, Seal]] = []
    for name, value, field in enumerate_sig_fields(reader, filled_status=True):
        if len(seals) == limits.pdf_seals:  # 1
            seals.append((len(body), _UNCHECKED))
            break
        if value.get_object().get("/Type") == "/DocTimeStamp":
            continue  # It says when the file was there, and is of nobody.
        try:
            found = EmbeddedPdfSignature(reader, field, name)
            seals.append((found.signed_revision, _check(found, body)))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - the same as above, of one seal
            seals.append((len(body), _UNCHECKED))
    seals.sort(key=lambda one: one[0])
    return tuple(seal for _, seal in seals)


def _check(found: "EmbeddedPdfSignature", body: bytes) -> Seal:
    from pyhanko.sign.validation.generic_cms import (  # noqa: PLC0415 - loaded by now
        validate_sig_integrity,
    )

    if not _is_of_our_kind(found):  # 2
        return _UNCHECKED
    chain = [found.signer_cert, *found.other_embedded_certs]
    seal = Seal(
        state=SealState.BROKEN,
        sealed_at=_moment_of(found),
        certificates=tuple(one.dump() for one in chain[:_MOST_CERTIFICATES]),
    )
    if not _leaves_out_itself(found, body):  # 3
        return seal
    is_intact, is_valid = validate_sig_integrity(  # 4
        found.signer_info,
        found.signer_cert,
        expected_content_type="data",
        actual_digest=found.compute_digest(),
    )
    if not (is_intact and is_valid):
        return seal
    return Seal(
        state=SealState.INTACT,
        since=_since(found, body),  # 5
        sealed_at=seal.sealed_at,
        certificates=seal.certificates,
    )


def _is_of_our_kind(found: "EmbeddedPdfSignature") -> bool:
    attributes = found.signer_info["signed_attrs"].native
    public = found.signer_cert.public_key
    is_short = public.algorithm == "rsa" and public.bit_size < _LEAST_RSA_BITS
    return (
        str(found.sig_object.get("/SubFilter")) in _KINDS
        and found.md_algorithm in _DIGESTS
        and bool(attributes)
        and not is_short
    )


def _leaves_out_itself(found: "EmbeddedPdfSignature", body: bytes) -> bool:
    ranges = [int(one) for one in found.byte_range]
    if len(ranges) != _RANGE or ranges[0] != 0 or min(ranges) < 0:
        return False
    _, first, second, last = ranges
    gap = _HEX.fullmatch(body, first, second)
    return (
        gap is not None
        and second + last <= len(body)
        and len(gap[1]) % 2 == 0
        and bytes.fromhex(gap[1].decode()) == found.pkcs7_content
    )


def _since(found: "EmbeddedPdfSignature", body: bytes) -> Since:
    from pyhanko.sign.diff_analysis import (  # noqa: PLC0415 - loaded by now
        DiffResult,
        ModificationLevel,
    )

    _, _, second, last = (int(one) for one in found.byte_range)
    if not body[second + last :].strip(_BLANK):
        return Since.NOTHING
    found.compute_integrity_info()
    result = found.summarise_integrity_info()["diff_result"]
    if not isinstance(result, DiffResult):
        return Since.CHANGED
    level, allowed = result.modification_level, found.docmdp_level
    if level is ModificationLevel.LTA_UPDATES:
        return Since.NOTHING
    if level is ModificationLevel.OTHER or (allowed is not None and level.value > allowed.value):
        return Since.CHANGED
    return Since.ADDED


def _moment_of(found: "EmbeddedPdfSignature") -> datetime | None:
    try:
        moment = found.self_reported_timestamp
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None
    except (ValueError, OverflowError, ArithmeticError):
        return None
    except Exception:  # noqa: BLE001 - a date that its parser does not take is a seal without one
        return None


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Stop after so much work of ours; what is not Python is not stopped: then the process ends.

    Said again and again: Python drops what is raised in a finalizer or in a callback of its garbage
    collector, and a file that happened to be stopped there would have all the time.
    """
    is_over = False

    def stop(_: int, __: FrameType | None) -> None:
        if not is_over:
            raise _OutOfTimeError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        is_over = True
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
