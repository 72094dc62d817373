"""The signed credentials of a batch, on their way out: what is taken here is delivered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.issuer.domain import Signatures
from services.issuer.domain.batches import Batch
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCredential:
    """A signed credential of a row, as it is stored."""

    line: int
    award_id: UUID
    credential_id: UUID
    sealed_payload: bytes = field(repr=False)
    pseudonym: str
    wrapped_key: bytes = field(repr=False)
    signatures: Signatures


# Holding the rows first puts a recall under way before us or after us, never in between.
_HOLD = """
    SELECT r.line FROM batch_row r
    JOIN award a ON a.award_id = r.award_id AND a.state IN ('granted', 'suspended', 'expired')
    WHERE r.batch_id = $1 AND r.line > $2 AND r.recalled_at IS NULL
    ORDER BY r.line LIMIT $3 FOR SHARE OF r
    """
_SIGNED = """
    SELECT r.line, r.award_id, c.credential_id, c.sealed_payload, c.kid, c.jwt_signature,
           c.enveloped_signature, l.pseudonym, l.wrapped_key
    FROM batch_row r
    JOIN award a ON a.award_id = r.award_id
    JOIN LATERAL (
        SELECT * FROM credential WHERE credential.award_id = a.award_id
        ORDER BY version DESC LIMIT 1
    ) c ON c.kid IS NOT NULL AND c.sealed_payload IS NOT NULL
    JOIN learner l ON l.learner_id = coalesce(c.learner_id, a.learner_id)
    WHERE r.batch_id = $1 AND r.line = ANY($2::integer[]) AND r.recalled_at IS NULL
    ORDER BY r.line
    """
_DELIVERED = """
    INSERT INTO delivered (award_id, organisation, batch_id, delivered_at)
    SELECT award_id, $2, $1, $3 FROM unnest($4::uuid[]) AS handed (award_id)
    ON CONFLICT DO NOTHING
    """


async def take_signed(
    straight: Straight, batch: Batch, *, after: int, limit: int, now: datetime
) -> list[SignedCredential]:
    """Return the next signed credentials of a batch, and note that they are handed out."""
    held = await straight.connection.fetch(_HOLD, batch.batch_id, after, limit)
    rows = await straight.connection.fetch(_SIGNED, batch.batch_id, [row["line"] for row in held])
    found = [_read(row) for row in rows]
    await straight.connection.execute(
        _DELIVERED, batch.batch_id, batch.organisation, now, [one.award_id for one in found]
    )
    return found


def _read(row: Mapping[str, Any]) -> SignedCredential:
    return SignedCredential(
        line=row["line"],
        award_id=row["award_id"],
        credential_id=row["credential_id"],
        sealed_payload=row["sealed_payload"],
        pseudonym=row["pseudonym"],
        wrapped_key=row["wrapped_key"],
        signatures=Signatures(
            kid=row["kid"], jwt=row["jwt_signature"], enveloped=row["enveloped_signature"]
        ),
    )
