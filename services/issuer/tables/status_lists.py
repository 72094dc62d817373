"""Status lists, and where their next places come from."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.issuer.tables.metadata import METADATA
from shared.runtime.schema import MOMENT

# Positions come from a sequence per list, `status_position_<list_id>`: no lock, and a transaction
# that is rolled back leaves an unused entry, which is one more to hide among.
status_list = Table(
    "status_list",
    METADATA,
    Column("list_id", BigInteger, Identity(always=True), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("signed", Text, nullable=False),
    Column("token", Text, comment="the same as IETF token"),
    Column("signed_at", MOMENT, nullable=False),
    Column("changed_at", MOMENT, comment="first change not in it"),
    UniqueConstraint("organisation", "number"),
)
Index(
    "ix_status_list_open",
    status_list.c.organisation,
    postgresql_where=text("is_open"),
)
