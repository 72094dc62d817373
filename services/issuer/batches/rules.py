"""What the rows of one file are judged by, which the file itself cannot know.

Apart from judging, because the row and its fields are both judged by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What rows are judged by.

    `student_domains` gives for a domain of staff the one that students have. `key` makes the
    fingerprints, and the reference where the file has no column for one.
    """

    today: date
    key: bytes = field(repr=False)
    earliest: date = date(2000, 1, 1)
    microcredential_id: UUID | None = None
    microcredential_version: int | None = None
    awarded_on: date | None = None
    student_domains: Mapping[str, str] = field(default_factory=dict)
    needs_narrative: bool = False
