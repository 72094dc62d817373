"""Our copy of what the catalogue says of organisations: a registration does not say it."""

from sqlalchemy import Column, Table, Text

from services.registry.tables.metadata import Base

organisation = Table(
    "organisation",
    Base.metadata,
    Column("oin", Text, primary_key=True),
    Column("sector", Text, nullable=False),
    Column("name_nl", Text),
    Column("name_en", Text),
    comment="our copy of the catalogue's organisations: their sector and name",
)
