"""The embedded broker for one test, with our topics on it and nothing else."""

from collections.abc import Iterator

import pytest

from shared.runtime.embedded import EmbeddedBroker


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    """Give an empty broker; it can be taken down and up again."""
    with EmbeddedBroker() as embedded:
        yield embedded
