"""Our copies of what the catalogue says."""

from sqlalchemy import Column, Integer, Table, Text, Uuid

from services.issuer.tables.metadata import METADATA

organisation = Table(
    "organisation",
    METADATA,
    Column("oin", Text, primary_key=True),
    Column("record", Text, nullable=False),
    comment="our copy of the catalogue's organisations",
)

microcredential = Table(
    "microcredential",
    METADATA,
    Column("microcredential_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("provider", Text, nullable=False),
    Column("record", Text, nullable=False),
    comment="our copy of the catalogue's published microcredentials",
)

policy = Table(
    "policy",
    METADATA,
    Column("policy_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False),
    comment="our copy of the catalogue's policies, which say what bears the mark",
)
