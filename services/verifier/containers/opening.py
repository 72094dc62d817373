"""One door to the readers that stand on parsers a stranger feeds: which container, then its reader.

Apart from each of them, so that the process that reads has one thing to call. Imported by that
process only: what it stands on is heavy, and a hostile file may bring it down.
"""

from collections.abc import Callable
from typing import Final

from services.verifier.containers import svg
from services.verifier.containers.contents import Contents, NotReadError, Wanted, refused
from services.verifier.containers.limits import Limits
from services.verifier.containers.pdf import read_pdf
from services.verifier.containers.photos import read_photo
from services.verifier.containers.sniffing import read_text
from services.verifier.containers.tables import read_table
from services.verifier.containers.workbooks import read_workbook
from services.verifier.domain.handed import Container
from services.verifier.domain.refusals import RefusalCode


def open_container(wanted: Wanted, body: bytes) -> Contents:
    """Return what is inside, or why nothing of it was read; raises nothing a file can cause."""
    try:
        return _READERS[wanted.container](body, wanted.limits)
    except NotReadError as error:
        return refused(error.code)
    except MemoryError:
        return refused(RefusalCode.TOO_HEAVY)
    except Exception:  # noqa: BLE001 - four parsers we did not write: what they raise is an answer
        return refused(RefusalCode.BROKE_THE_READER)


def _read_svg(body: bytes, limits: Limits) -> Contents:
    found = svg.unbake(body, limits)
    return Contents(found=(found,)) if found else Contents()


def _read_table(body: bytes, limits: Limits) -> Contents:
    return read_table(read_text(body), limits)


_READERS: Final[dict[Container, Callable[[bytes, Limits], Contents]]] = {
    Container.PNG: read_photo,
    Container.PHOTO: read_photo,
    Container.SVG: _read_svg,
    Container.PDF: read_pdf,
    Container.XLSX: read_workbook,
    Container.CSV: _read_table,
}
