"""Inputs that once broke a target, each as small as it can be, with what went wrong.

Apart from the seeds, because these are kept for ever: whoever rewrites a reader meets them again.
"""

from collections.abc import Mapping
from typing import Final

from tests.support.handing import a_zip

FOUND: Final[Mapping[str, Mapping[str, bytes]]] = {
    "archives": {
        "a file without a name, of which zipfile asks the last letter": a_zip([("", b"x")]),
    },
    "texts": {
        "a share link elsewhere than below /s/, of which all was taken for its id": (
            b"https://verifier.waarmerk.example/x/7Q4K#kJ3sYw0Qm2f8ZrT1vB6c"
        ),
        "a table whose cells stand between quotes, which csv refuses from Python 3.13": (
            b'sep="\na"b\n1"2\n'
        ),
    },
}
"""By target, then by what went wrong."""
