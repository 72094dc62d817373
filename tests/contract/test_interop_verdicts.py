"""Our verdict beside those of two other verifiers, on everything; each difference is explained."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import time_machine

from services.verifier.domain.findings import Code
from services.verifier.intake import Intake
from tests.contract.interop_differences import DIFFERENCES, Difference
from tests.contract.interop_inputs import Asked, all_inputs, believed
from tests.contract.interop_verdicts import OTHERS
from tests.support.golden import Golden
from tests.unit.verifier.forge import NOW

pytestmark = pytest.mark.anyio
TABLE: Final = Path(__file__).with_name("interop_verdicts.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What everybody says of one input; None who cannot take it at all."""

    name: str
    ours: bool
    code: Code
    others: dict[str, bool | None]

    def differs(self, other: str) -> bool:
        """Say whether another takes this and says otherwise."""
        return self.others[other] not in {None, self.ours}

    def has(self, difference: Difference) -> bool:
        """Say whether this is what a reason is about."""
        return self.name in difference.believed if self.ours else self.code in difference.refused

    @property
    def line(self) -> str:
        """Return all verdicts side by side: ours with its code, then the others' in their order."""
        words = {None: "-", True: "believed", False: "refused"}
        ours = f"{words[self.ours]} ({self.code})"
        return " | ".join((ours, *(words[said] for said in self.others.values())))


async def ask_ourselves(asked: Asked, intake: Intake) -> tuple[bool, Code]:
    """Return our own verdict; several at once are not compared, so they must be of one kind."""
    verified = await asked.world.verify(asked.content, intake)
    kinds = {believed(asked, one) for one in verified}
    assert len(kinds) == 1, asked.name
    return kinds.pop()


@pytest.fixture(scope="module")
async def rows() -> list[Row]:
    """Ask everybody everything once, at the moment at which all of it was made."""
    inputs = list(all_inputs())
    with time_machine.travel(NOW, tick=False):
        said = [
            {who: says(one.content, one.world) for who, says in OTHERS.items()} for one in inputs
        ]
    intake, rows = Intake(), []
    for asked, others in zip(inputs, said, strict=True):
        if any(it is not None for it in others.values()):
            ours, code = await ask_ourselves(asked, intake)
            rows.append(Row(name=asked.name, ours=ours, code=code, others=others))
    await intake.close()
    return rows


def reasons(row: Row, other: str) -> Iterator[Difference]:
    """Give the reasons there are for a difference."""
    return (one for one in DIFFERENCES[other] if row.has(one))


async def test_the_verdicts_are_those_of_the_table(rows: list[Row], golden: Golden) -> None:
    assert max(Counter(row.name for row in rows).values()) == 1

    golden(TABLE, {row.name: row.line for row in rows})


@pytest.mark.parametrize("other", OTHERS)
async def test_each_difference_has_one_reason(rows: list[Row], other: str) -> None:
    unexplained = {
        row.name: row.line
        for row in rows
        if row.differs(other) and len(list(reasons(row, other))) != 1
    }

    assert unexplained == {}


@pytest.mark.parametrize("other", OTHERS)
async def test_no_reason_is_left_without_a_difference(rows: list[Row], other: str) -> None:
    differing = [row for row in rows if row.differs(other)]
    refused = {row.code for row in differing if not row.ours}
    named = {row.name for row in differing if row.ours}

    for difference in DIFFERENCES[other]:
        assert difference.refused <= refused
        assert difference.believed <= named


@pytest.mark.parametrize("other", OTHERS)
async def test_the_others_do_believe_and_refuse(rows: list[Row], other: str) -> None:
    agreed = Counter(row.ours for row in rows if row.others[other] == row.ours)

    assert agreed[True] >= 4
    assert agreed[False] >= 100
