"""The process that fuzzes one target, until the time is over or an input breaks it.

Apart from who starts it, because libFuzzer ends the process it runs in, and what is measured must
be imported under atheris's eyes. Called as `python -m tests.fuzz.runner TARGET FOLDER [-option=…]`.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Final

import atheris

from tests.fuzz.target import MEGABYTES, STUCK_SECONDS
from tests.fuzz.words import dictionary

MEASURED: Final = ("services.verifier", "shared")
_BESIDES: Final = {"photos": ["PIL"], "stamps": ["asn1crypto"], "workbooks": ["openpyxl"]}
"""Libraries that are worth the time it takes to measure them, by target."""


def main() -> None:
    """Fuzz the named target in a folder: `seeds`, `corpus`, and `broken` for what breaks it."""
    name, place, *options = sys.argv[1:]
    with atheris.instrument_imports(include=[*MEASURED, *_BESIDES.get(name, [])]):
        target = import_module("tests.fuzz.targets").TARGETS[name]
    folder = Path(place)
    for part in ("corpus", "seeds", "broken"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.inputs()):
        (folder / "seeds" / f"{number:03}").write_bytes(seed)
    words = folder / "words.txt"
    words.write_text(dictionary(), encoding="ascii")
    atheris.Setup(
        [
            sys.argv[0],
            str(folder / "corpus"),
            str(folder / "seeds"),
            f"-dict={words}",
            f"-max_len={target.longest}",
            f"-timeout={STUCK_SECONDS}",
            f"-rss_limit_mb={MEGABYTES}",
            f"-artifact_prefix={folder / 'broken'}/",
            "-print_final_stats=1",
            *options,
        ],
        target.try_one,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
