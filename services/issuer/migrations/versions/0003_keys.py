"""Keys of two algorithms and in four states, kept here or in a token, and a log of signatures."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
MOMENT = sa.DateTime(timezone=True)

REFUSE_CHANGED_SIGNATURE = """
CREATE FUNCTION refuse_changed_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of signatures only grows' USING ERRCODE = 'restrict_violation';
END $$
"""

# A shared lock that costs no disk, where a row lock would be written by every award. Who marks the
# key as compromised takes it alone: signatures under way are logged before, or refused after.
# After the wait a second statement looks, for only that one sees what was committed meanwhile.
REFUSE_UNFIT_SIGNATURE = """
CREATE FUNCTION refuse_unfit_signature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE unfit text;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('signing_key|' || used.kid, 0))
    FROM (SELECT DISTINCT kid FROM logged ORDER BY kid) AS used;
    SELECT min(used.kid) INTO unfit
    FROM (SELECT DISTINCT kid, organisation FROM logged) AS used
    LEFT JOIN signing_key
        ON signing_key.kid = used.kid AND signing_key.organisation = used.organisation
    WHERE signing_key.kid IS NULL OR signing_key.compromised_at IS NOT NULL;
    IF unfit IS NOT NULL THEN
        RAISE EXCEPTION 'no signature of key % may be kept', unfit
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'signature_of_fit_key';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Let a key be published before it signs, and log whatever is signed."""
    _change_keys()
    _create_log()
    _create_reissues()


def downgrade() -> None:
    """Go back to one key per organisation; what a token holds, or signs embedded proofs, is lost.

    So is what was signed under it, as far as one can check it with the keys that remain.
    """
    op.drop_table("key_reissue")
    op.drop_table("signature")
    op.execute("DROP FUNCTION refuse_unfit_signature")
    op.execute("DROP FUNCTION refuse_changed_signature")
    op.drop_index("ix_signing_key_current", "signing_key")
    op.drop_index("ix_signing_key_next", "signing_key")
    op.execute(
        "DELETE FROM signing_key"
        " WHERE algorithm <> 'ES256' OR state = 'next' OR sealed_private IS NULL"
    )
    for check in ("algorithm_is_known", "state_is_told", "private_half_is_kept"):
        op.drop_constraint(f"ck_signing_key_{check}", "signing_key")
    for column in ("wrapped_key", "sealed_private"):
        op.alter_column("signing_key", column, nullable=False)
    for column in (
        "algorithm",
        "state",
        "signs_from",
        "compromised_since",
        "compromise_reason",
    ):
        op.drop_column("signing_key", column)
    op.create_index(
        "ix_signing_key_in_use",
        "signing_key",
        ["organisation"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL AND compromised_at IS NULL"),
    )


def _change_keys() -> None:
    op.drop_index("ix_signing_key_in_use", "signing_key")
    for name, kind in (
        ("algorithm", sa.Text()),
        ("state", sa.Text()),
        ("signs_from", MOMENT),
        ("compromised_since", MOMENT),
        ("compromise_reason", sa.Text()),
    ):
        op.add_column("signing_key", sa.Column(name, kind))
    op.execute(
        "UPDATE signing_key SET algorithm = 'ES256', signs_from = published_at, state = CASE"
        " WHEN compromised_at IS NOT NULL THEN 'compromised'"
        " WHEN retired_at IS NOT NULL THEN 'retired' ELSE 'current' END"
    )
    for column in ("algorithm", "state", "signs_from"):
        op.alter_column("signing_key", column, nullable=False)
    for column in ("wrapped_key", "sealed_private"):
        op.alter_column(
            "signing_key",
            column,
            nullable=True,
            comment="absent when a token keeps the private half",
        )
    op.create_check_constraint(
        "algorithm_is_known", "signing_key", "algorithm IN ('ES256', 'Ed25519')"
    )
    op.create_check_constraint(
        "state_is_told",
        "signing_key",
        "state = CASE WHEN compromised_at IS NOT NULL THEN 'compromised'"
        " WHEN retired_at IS NOT NULL THEN 'retired'"
        " WHEN state = 'next' THEN 'next' ELSE 'current' END",
    )
    op.create_check_constraint(
        "private_half_is_kept", "signing_key", "(wrapped_key IS NULL) = (sealed_private IS NULL)"
    )
    for state in ("current", "next"):
        op.create_index(
            f"ix_signing_key_{state}",
            "signing_key",
            ["organisation", "algorithm"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )


def _create_log() -> None:
    op.create_table(
        "signature",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text()),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_signature")),
        comment="one row for each payload signed, by its SHA-256; it only grows",
    )
    op.execute(REFUSE_CHANGED_SIGNATURE)
    op.execute(
        "CREATE TRIGGER only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON signature"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_changed_signature()"
    )
    op.execute(REFUSE_UNFIT_SIGNATURE)
    op.execute(
        "CREATE TRIGGER of_fit_key AFTER INSERT ON signature REFERENCING NEW TABLE AS logged"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_unfit_signature()"
    )


def _create_reissues() -> None:
    op.create_table(
        "key_reissue",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("reissued", sa.Integer(), nullable=False),
        sa.Column("left_alone", sa.Integer(), nullable=False),
        sa.Column("under_way", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_key_reissue")),
        sa.ForeignKeyConstraint(
            ["kid"], ["signing_key.kid"], name=op.f("fk_key_reissue_kid_signing_key")
        ),
        comment="how far we are with signing anew what a compromised key signed",
    )
