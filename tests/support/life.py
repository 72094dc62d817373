"""Somebody who listens to the story, and remembers it for a test."""

from collections.abc import Sequence

from services.demo.class_list import ClassList
from services.demo.tale import AwardedRow, Publication, Revocation


class Listener:
    """Remembers what was told."""

    publication: Publication
    listed: ClassList
    rows: Sequence[AwardedRow]
    revocation: Revocation | None

    def published(self, publication: Publication) -> None:
        """Hear that the microcredential is there."""
        self.publication = publication

    def awarded(self, listed: ClassList, rows: Sequence[AwardedRow]) -> None:
        """Hear what became of every row."""
        self.listed = listed
        self.rows = rows

    def revoked(self, revocation: Revocation | None) -> None:
        """Hear of the revocation."""
        self.revocation = revocation
