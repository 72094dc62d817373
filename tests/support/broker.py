"""The embedded broker for one test, with our topics on it and nothing else."""

import gc
import warnings
from collections.abc import Iterator

import pytest

from shared.runtime.embedded import EmbeddedBroker


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    """Give an empty broker; it can be taken down and up again."""
    # A client whose broker went away lets go of connections half-way: they are gathered up here, or
    # some later test that has nothing to do with them is blamed.
    with EmbeddedBroker() as embedded:
        yield embedded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
