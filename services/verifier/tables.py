"""The verifier's rows: copies of what others announced, shaped for the questions a check asks."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.runtime.database import service_metadata
from shared.runtime.schema import add_runtime_tables

MOMENT = DateTime(timezone=True)
Body = dict[str, object]


class Base(DeclarativeBase):
    """Every table of the verifier, and no other service's."""

    metadata: ClassVar[MetaData] = service_metadata()
    type_annotation_map: ClassVar = {str: Text, datetime: MOMENT, Body: JSONB}

    @classmethod
    def table(cls) -> Table:
        """Return the table of these rows, for bulk."""
        return cls.metadata.tables[cls.__tablename__]


class OrganisationRow(Base):
    """An organisation as the catalogue knows it."""

    __tablename__ = "organisation"

    oin: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Body]


class PolicyRow(Base):
    """A version of a policy."""

    __tablename__ = "policy"

    policy: Mapped[str] = mapped_column(primary_key=True, comment="policyId@version")
    body: Mapped[Body]


class MicrocredentialRow(Base):
    """A published version of a microcredential, found by the page a credential names."""

    __tablename__ = "microcredential"
    __table_args__ = (Index("ix_microcredential_page", "page", "version"),)

    microcredential_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    page: Mapped[str]
    body: Mapped[Body]


class IssuerKeyRow(Base):
    """A public key of an issuer, with what became of it; never deleted."""

    __tablename__ = "issuer_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(index=True)
    body: Mapped[Body]


class StatusListRow(Base):
    """The newest edition of a signed status list."""

    __tablename__ = "status_list"

    url: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[int] = mapped_column(BigInteger)
    signed: Mapped[str]


class RegistrationRow(Base):
    """What the register says of an award now, found by the credential."""

    __tablename__ = "registration"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    credential_id: Mapped[UUID] = mapped_column(unique=True)
    body: Mapped[str | None] = mapped_column(
        comment="a Registration in JSON, read as it was heard; absent once it is erased"
    )


class ReplacedCredentialRow(Base):
    """Which award an earlier credential is of."""

    __tablename__ = "replaced_credential"

    credential_id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(index=True)


class HeardRow(Base):
    """How often a topic changed what we know, and when last: one row per topic that is cached.

    Who keeps copies in memory asks this row whether they still hold.
    """

    __tablename__ = "heard"

    topic: Mapped[str] = mapped_column(primary_key=True)
    changes: Mapped[int] = mapped_column(BigInteger)
    heard_at: Mapped[datetime]


add_runtime_tables(Base.metadata)
