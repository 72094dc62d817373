"""What must hold of awards after every step, asked of the database and of what was announced."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.envelopes import CloudEvent
from tests.integration.issuer.conftest import Issuer

OF_AWARD = """
    SELECT a.award_id, a.state, a.record_version,
           ARRAY(
               SELECT record_version FROM award_change c
               WHERE c.award_id = a.award_id ORDER BY record_version
           ),
           ARRAY(
               SELECT kind FROM award_change c
               WHERE c.award_id = a.award_id ORDER BY record_version
           ),
           ARRAY(
               SELECT version FROM credential c WHERE c.award_id = a.award_id ORDER BY version
           ),
           ARRAY(
               SELECT version FROM credential c
               WHERE c.award_id = a.award_id AND NOT is_revoked AND kid IS NOT NULL
           )
    FROM award a WHERE a.award_id = ANY(CAST(ARRAY[{ids}] AS uuid[]))
    """
TOLD = "SELECT value FROM outbox WHERE topic = 'awards' AND key IN ({ids}) ORDER BY id"
PLACES = """
    SELECT list_id, status_index FROM credential
    UNION ALL SELECT list_id, status_index FROM correction WHERE state <> 'granted'
    """
RAISED = "SELECT list_id, status_index FROM credential WHERE is_revoked"
LIVING = {"granted", "suspended", "expired"}


@dataclass
class Expected:
    """What an award should be by now."""

    award_id: str
    state: str = "granted"
    ends: datetime | None = None
    kinds: list[str] = field(default_factory=list)
    is_correcting: bool = False

    def counts_at(self, now: datetime) -> str:
        """Return the state that counts: what ended has expired before that was recorded."""
        if self.ends and self.ends <= now and self.state in {"granted", "suspended"}:
            return "expired"
        return self.state

    def became(self, kind: str, state: str | None = None) -> None:
        """Write down what became of it."""
        self.kinds.append(kind)
        self.state = state or self.state


async def check_awards(issuer: Issuer, expected: list[Expected]) -> None:
    """See that each award is what it should be, with a history without gaps, told in order."""
    if not expected:
        return
    ids = ",".join(f"'{one.award_id}'" for one in expected)
    rows = {str(row[0]): row[1:] for row in await issuer.ask(OF_AWARD.format(ids=ids))}
    told: dict[str, list[tuple[str, int]]] = {}
    for (value,) in await issuer.ask(TOLD.format(ids=ids)):
        event = CloudEvent.model_validate_json(value)
        name = event.type.split(".")[2].removeprefix("award-")
        told.setdefault(event.subject, []).append((name, int(str(event.data["recordVersion"]))))
    for one in expected:
        state, version, numbers, kinds, versions, present = rows[one.award_id]
        assert state == one.state
        assert kinds == one.kinds
        assert numbers == list(range(2, 2 + len(one.kinds)))
        assert version == 1 + len(one.kinds)
        assert versions == list(range(1, 2 + one.kinds.count("corrected")))
        assert present == ([max(versions)] if one.state in LIVING else [])
        assert told[one.award_id] == [
            ("granted", 1),
            *((kind, number) for number, kind in enumerate(one.kinds, start=2)),
        ]


async def check_places(issuer: Issuer, raised: set[tuple[object, ...]]) -> None:
    """See that no place was used twice and no raised bit was lowered; remember what is raised."""
    places = await issuer.ask(PLACES)
    assert len(places) == len(set(places))
    now = set(await issuer.ask(RAISED))
    assert raised <= now
    raised |= now
