"""What the ledger keeps: one entry per fact it heard, visible to its own organisation only."""

from sqlalchemy import BigInteger, Column, Identity, Integer, Table, Text

from shared.runtime.database import service_metadata
from shared.runtime.schema import add_runtime_tables

metadata = service_metadata()
add_runtime_tables(metadata)

entry = Table(
    "entry",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("said", Text, nullable=False),
)
