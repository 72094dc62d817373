"""A folder for a test in which a PostgreSQL of another account can live.

Apart from pytest's own `tmp_path`: whenever a second pytest starts, it closes the folder above that
to every other account, and a database in it loses its files.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def a_folder() -> Iterator[Path]:
    """Give a folder, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix=f"waarmerk-{os.getpid()}-") as folder:
        yield Path(folder)
