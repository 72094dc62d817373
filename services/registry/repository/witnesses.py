"""The questions about witnesses: what each said, what they cosigned, and why nothing is signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.registry.domain.witnessing import Hold, Stand
from shared.runtime.database import Straight, Value

# So many checkpoints that witnesses were asked about are kept, and of each hour the one that most
# of them cosigned: some 8 MB a year, for who must show decades later what stood in the log when.
KEPT: Final = 64

_KEEP_KEYS = """
    INSERT INTO log_key (vkey, place) SELECT * FROM unnest($1::text[], $2::integer[])
    ON CONFLICT (vkey) DO UPDATE SET place = excluded.place
    """
_KEYS = "SELECT vkey FROM log_key ORDER BY place, vkey"
_KEEP_SAID = """
    INSERT INTO log_witness (vkey, stand, fault, seen_size, cosigned_size, cosigned_at, asked_at)
    VALUES ($1, $2, $3, $4, $5, CASE WHEN $5::bigint IS NULL THEN NULL ELSE $6::timestamptz END, $6)
    ON CONFLICT (vkey) DO UPDATE SET
        stand = excluded.stand,
        fault = excluded.fault,
        seen_size = coalesce(excluded.seen_size, log_witness.seen_size),
        cosigned_size = coalesce(excluded.cosigned_size, log_witness.cosigned_size),
        cosigned_at = coalesce(excluded.cosigned_at, log_witness.cosigned_at),
        asked_at = excluded.asked_at
    """
_SAID = """
    SELECT vkey, stand, fault, seen_size, cosigned_size, cosigned_at, asked_at FROM log_witness
    WHERE vkey = ANY($1::text[])
    """
# Another note of the same size is not what was cosigned.
_REPLACE = "DELETE FROM log_checkpoint WHERE size = $1 AND note <> $2"
_KEEP_CHECKPOINT = """
    INSERT INTO log_checkpoint (size, note, signed_at) VALUES ($1, $2, $3)
    ON CONFLICT (size) DO NOTHING
    """
_KEEP_COSIGNATURE = """
    INSERT INTO log_cosignature (size, vkey, lines, made_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (size, vkey) DO UPDATE SET lines = excluded.lines, made_at = excluded.made_at
    """
_COUNT = """
    UPDATE log_checkpoint c SET cosigned = s.count, witnessed_at = s.last
    FROM (SELECT count(*), max(made_at) AS last FROM log_cosignature WHERE size = $1) s
    WHERE c.size = $1
    """
_FORGET = f"""
    DELETE FROM log_checkpoint c
    WHERE c.witnessed_at > $1::timestamptz - interval '3 days'
    AND c.size < (
        SELECT min(size) FROM (
            SELECT size FROM log_checkpoint ORDER BY size DESC LIMIT {KEPT}
        ) newest
    )
    AND EXISTS (
        SELECT FROM log_checkpoint better
        WHERE better.witnessed_at > $1::timestamptz - interval '3 days'
        AND (better.cosigned, better.size) > (c.cosigned, c.size)
        AND date_trunc('hour', better.witnessed_at, 'UTC')
            = date_trunc('hour', c.witnessed_at, 'UTC')
    )
    """  # noqa: S608 - a number of ours
_COSIGNATURES = """
    SELECT s.lines FROM log_cosignature s JOIN log_checkpoint c USING (size)
    WHERE c.size = $1 AND c.note = $2 ORDER BY s.vkey
    """
_BEST = """
    SELECT c.size, c.note, (
        SELECT string_agg(s.lines, '' ORDER BY s.vkey) FROM log_cosignature s WHERE s.size = c.size
    ) AS lines
    FROM log_checkpoint c WHERE c.size > $1 AND c.cosigned > 0
    ORDER BY c.cosigned DESC, c.size DESC LIMIT 1
    """
_KEEP_HOLD = """
    INSERT INTO log_hold ("only", hold, since) VALUES (1, $1, clock_timestamp())
    ON CONFLICT ("only") DO UPDATE SET hold = excluded.hold, since = excluded.since
    WHERE log_hold.hold <> excluded.hold
    """
_LIFT_HOLD = "DELETE FROM log_hold"
# One worker that asks while another signs is no reason: that one lifts it several times a second.
_HOLD = "SELECT hold FROM log_hold WHERE since < clock_timestamp() - interval '1 second'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a witness answered when it was asked last, and the largest it cosigned ever."""

    vkey: str
    stand: Stand
    fault: str | None = None
    seen_size: int | None = None
    cosigned_size: int | None = None
    cosigned_at: datetime | None = None
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint with the log's signatures, and the lines of who cosigned it."""

    size: int
    note: bytes
    lines: str


async def keep_keys(straight: Straight, vkeys: Sequence[str]) -> None:
    """Tell the other processes by which keys the log is known; earlier ones stay known."""
    await straight.connection.execute(_KEEP_KEYS, list(vkeys), list(range(len(vkeys))))


async def list_keys(straight: Straight) -> list[str]:
    """Return the public keys of the log."""
    return [row["vkey"] for row in await straight.connection.fetch(_KEYS)]


async def keep_said(straight: Straight, said: Said) -> None:
    """Write what a witness answered."""
    values: tuple[Value, ...] = (
        said.vkey,
        said.stand.value,
        said.fault,
        said.seen_size,
        said.cosigned_size,
        said.asked_at,
    )
    await straight.connection.execute(_KEEP_SAID, *values)


async def list_said(straight: Straight, vkeys: Sequence[str]) -> dict[str, Said]:
    """Return what these witnesses answered, by their keys."""
    rows = await straight.connection.fetch(_SAID, list(vkeys))
    return {row["vkey"]: _said(row) for row in rows}


async def keep_cosignature(
    straight: Straight, checkpoint: Cosigned, *, vkey: str, signed_at: datetime, now: datetime
) -> None:
    """Keep who cosigned a checkpoint, and forget those of before but one of each hour."""
    size, note = checkpoint.size, checkpoint.note
    await straight.connection.execute(_REPLACE, size, note)
    await straight.connection.execute(_KEEP_CHECKPOINT, size, note, signed_at)
    await straight.connection.execute(_KEEP_COSIGNATURE, size, vkey, checkpoint.lines, now)
    await straight.connection.execute(_COUNT, size)
    await straight.connection.execute(_FORGET, now)


async def list_cosignatures(straight: Straight, size: int, note: bytes) -> str:
    """Return the lines of who cosigned just this checkpoint."""
    rows = await straight.connection.fetch(_COSIGNATURES, size, note)
    return "".join(row["lines"] for row in rows)


async def find_best(straight: Straight, index: int) -> Cosigned | None:
    """Return the checkpoint over this entry that most witnesses cosigned, of those the newest."""
    row = await straight.ask(_BEST, index)
    return None if row is None else Cosigned(row["size"], row["note"], row["lines"])


async def keep_hold(straight: Straight, hold: Hold | None) -> None:
    """Say to every process why nothing is signed, or that it is."""
    if hold is None:
        await straight.connection.execute(_LIFT_HOLD)
    else:
        await straight.connection.execute(_KEEP_HOLD, hold.value)


async def find_hold(straight: Straight) -> Hold | None:
    """Return why nothing is signed, if that lasts."""
    row = await straight.ask(_HOLD)
    return None if row is None else Hold(row["hold"])


def _said(row: Mapping[str, Any]) -> Said:
    return Said(
        vkey=row["vkey"],
        stand=Stand(row["stand"]),
        fault=row["fault"],
        seen_size=row["seen_size"],
        cosigned_size=row["cosigned_size"],
        cosigned_at=row["cosigned_at"],
        asked_at=row["asked_at"],
    )
