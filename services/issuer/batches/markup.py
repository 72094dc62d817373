"""XML from a stranger, read piece by piece: no document type, no entities, nothing without end.

Apart from XLSX and ODS, which differ in their elements only. The parser is defusedxml's; its
handlers are set directly, because a sheet has tens of millions of elements.
"""

from collections.abc import Callable, Iterator
from typing import IO, Any, Final

from defusedxml.ElementTree import XMLParser

from services.issuer.batches.refusals import FileRefusedError, Refusal

PIECE: Final = 64 * 1024
_LONGEST_TOKEN: Final = 4 * 1024**2
_MOST_NAMES: Final = 20_000


def parse(
    stream: IO[bytes],
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Iterator[None]:
    """Call these for each element and text of a document, and pause after each piece.

    Names are `namespace}local`, or `local` where there is no namespace.
    """
    expat: Any = XMLParser(forbid_dtd=True).parser
    expat.buffer_text = True
    expat.ordered_attributes = False
    expat.StartElementHandler = start
    expat.EndElementHandler = end
    expat.CharacterDataHandler = text
    expat.DefaultHandlerExpand = None
    fed = 0
    while piece := stream.read(PIECE):
        expat.Parse(piece, 0)
        fed += len(piece)
        # A token without end is held whole; a name is held for ever.
        if fed - expat.CurrentByteIndex > _LONGEST_TOKEN or len(expat.intern) > _MOST_NAMES:
            raise FileRefusedError(Refusal.DAMAGED)
        yield
    expat.Parse(b"", 1)
    yield


def local(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]
