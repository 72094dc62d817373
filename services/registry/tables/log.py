"""The log of the register: entries, the tiles of its tree, and how far it is.

An entry is what everybody may download. Nothing here is personal, and nothing of it ever changes:
the service itself has no right to, and triggers refuse whoever has.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from services.registry.tables.metadata import MOMENT, Base

# Facts that stand in the log not yet; written with the fact itself. No foreign keys to a fact: the
# statements that write a number read it from the fact, and a fact is never deleted.
log_pending = Table(
    "log_pending",
    Base.metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
)

log_entry = Table(
    "log_entry",
    Base.metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False, comment="from 0, no gaps"),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("entry", LargeBinary, nullable=False, comment="as it is hashed into the tree"),
    Column("logged_at", MOMENT, nullable=False),
)

# The widest of each place only: a narrower one is the beginning of it.
log_tile = Table(
    "log_tile",
    Base.metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

# How far Kafka was told of the log; its own row, for the sequencer holds that of `log_state`.
log_telling = Table(
    "log_telling",
    Base.metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("next", BigInteger, nullable=False, comment="index of the first entry not told yet"),
    CheckConstraint('"only" = 1', name="one_telling"),
)

log_state = Table(
    "log_state",
    Base.metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("tree", LargeBinary, nullable=False, comment="roots of its perfect subtrees"),
    Column("checkpoint", LargeBinary, nullable=False, comment="a signed note"),
    Column("signed_at", MOMENT, nullable=False),
    CheckConstraint('"only" = 1', name="one_log"),
)
