"""What a process of its own reads of strangers: drawings, PDFs, photos, archives and workbooks.

Apart from what the service reads itself: these stand on parsers of others, of which only what they
are known to raise is caught, so each reader is asked here without the net around all of them.
Pictures and pages are kept small, for how long a large one takes is the clock of that process.
"""

import io
import zipfile
from contextlib import suppress
from functools import cache
from typing import Final

from services.verifier.containers import svg
from services.verifier.containers.archives import Archive
from services.verifier.containers.contents import CONTENTS, Contents, NotReadError
from services.verifier.containers.limits import Limits
from services.verifier.containers.pdf import read_pdf
from services.verifier.containers.photos import read_photo
from services.verifier.containers.workbooks import read_workbook
from tests.fuzz.seeds import archives, drawings, papers, photos, workbooks
from tests.fuzz.target import Target
from tests.support.spreadsheets import an_xlsx

SMALL: Final = Limits(
    pixels=100_000,
    page_pixels=100_000,
    pdf_pages=2,
    unpacked_bytes=1024**2,
    entry_bytes=256 * 1024,
    table_bytes=1024**2,
)


def read_drawing(given: bytes) -> None:
    """Find one credential in a drawing, or none, or refuse it by name."""
    with suppress(NotReadError):
        svg.unbake(given, SMALL)


def read_paper(given: bytes) -> None:
    """Open a PDF or refuse it by name; what was in it crosses to the service unchanged."""
    with suppress(NotReadError):
        _crosses(read_pdf(given, SMALL))


def read_picture(given: bytes) -> None:
    """Look at a picture, or refuse it by name."""
    with suppress(NotReadError):
        _crosses(read_photo(given, SMALL))


def read_archive(given: bytes) -> None:
    """Unpack an archive file by file, none larger than agreed, or refuse it by name."""
    with suppress(NotReadError):
        archive = Archive(given, SMALL)
        entries = list(archive)
        assert sum(len(entry.content) for entry in entries) <= SMALL.unpacked_bytes
        assert all(len(entry.content) <= SMALL.entry_bytes for entry in entries)
        assert all(entry.name.isprintable() and entry.name for entry in entries)


def read_sheets(given: bytes) -> None:
    """Read a workbook or refuse it by name; also when only one part of it is strange."""
    with suppress(NotReadError):
        _crosses(read_workbook(given, SMALL))
    with suppress(NotReadError):
        _crosses(read_workbook(with_part(given), SMALL))


def with_part(given: bytes) -> bytes:
    """Put bytes in the place of one part of an honest workbook: the first byte says which."""
    parts = _parts()
    names = list(parts)
    wanted = names[given[0] % len(names)] if given else names[0]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name), given[1:] if name == wanted else content)
    return file.getvalue()


@cache
def _parts() -> dict[str, bytes]:
    with zipfile.ZipFile(an_xlsx([["naam", "bewijs"], ["Sam", "x"]], More=[["x"]])) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def _crosses(contents: Contents) -> None:
    assert CONTENTS.validate_json(CONTENTS.dump_json(contents)) == contents


DECODING: Final = (
    Target(name="svg", holds=read_drawing, seeds=drawings, longest=8192),
    Target(name="pdf", holds=read_paper, seeds=papers),
    Target(name="photos", holds=read_picture, seeds=photos),
    Target(name="archives", holds=read_archive, seeds=archives, longest=8192),
    Target(name="workbooks", holds=read_sheets, seeds=workbooks, longest=16_384),
)
