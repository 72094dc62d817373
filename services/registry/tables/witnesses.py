"""Who watches the log: its keys, what each witness last said, and what they cosigned.

Nothing here is believed when a worker starts: a restored database remembers what was, and each
witness is asked anew.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from services.registry.tables.metadata import MOMENT, Base

# The public keys by which everybody knows the log, for the process that has no private one.
log_key = Table(
    "log_key",
    Base.metadata,
    Column("vkey", Text, primary_key=True),
    Column("place", Integer, nullable=False),
)

log_witness = Table(
    "log_witness",
    Base.metadata,
    Column("vkey", Text, primary_key=True),
    Column("stand", Text, nullable=False),
    Column("fault", Text),
    Column("seen_size", BigInteger, comment="the largest tree it says to have cosigned"),
    Column(
        "cosigned_size", BigInteger, comment="the largest tree of which we hold its cosignature"
    ),
    Column("cosigned_at", MOMENT),
    Column("asked_at", MOMENT, nullable=False),
)

# Checkpoints that witnesses cosigned: the newest, and of each hour the one that most cosigned.
log_checkpoint = Table(
    "log_checkpoint",
    Base.metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", LargeBinary, nullable=False, comment="with the signatures of the log only"),
    Column("signed_at", MOMENT, nullable=False),
    Column("cosigned", Integer, nullable=False, server_default="0", comment="by so many witnesses"),
    Column("witnessed_at", MOMENT, comment="when the last of them had cosigned it"),
    Index(
        "ix_log_checkpoint_cosigned",
        text("cosigned DESC"),
        text("size DESC"),
        postgresql_include=["witnessed_at"],
    ),
    Index("ix_log_checkpoint_witnessed_at", "witnessed_at"),
)

log_cosignature = Table(
    "log_cosignature",
    Base.metadata,
    Column(
        "size",
        BigInteger,
        ForeignKey("log_checkpoint.size", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("vkey", Text, primary_key=True),
    Column("lines", Text, nullable=False, comment="signature lines of a note"),
    Column("made_at", MOMENT, nullable=False),
)

# Why nothing is signed, if nothing is.
log_hold = Table(
    "log_hold",
    Base.metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("hold", Text, nullable=False),
    Column("since", MOMENT, nullable=False),
    CheckConstraint('"only" = 1', name="one_hold"),
)

# When the log had to catch up with what its witnesses had seen, and which entries those were.
log_recovery = Table(
    "log_recovery",
    Base.metadata,
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("at", MOMENT, nullable=False),
)
