"""The verifier's rows: copies of what others announced, shaped for the questions a check asks."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    Table,
    Text,
    false,
)
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
        comment="a Registration in JSON, read as it was heard; absent before, and once it is erased"
    )
    is_erased: Mapped[bool] = mapped_column(
        server_default=false(), comment="for good, whatever is heard of it later"
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


class CompletenessRow(Base):
    """Up to when everything there was to hear has been heard."""

    __tablename__ = "completeness"

    consumer: Mapped[str] = mapped_column(primary_key=True)
    complete_at: Mapped[datetime]


class VerificationCountRow(Base):
    """How many verifications there were on a day, by what came out and what was handed in."""

    __tablename__ = "verification_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    container: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int] = mapped_column(BigInteger)


class CheckedRegistrationRow(Base):
    """How often an award was checked in a month; not by whom, nor when in it."""

    __tablename__ = "checked_registration"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True, index=True, comment="its first day")
    times: Mapped[int] = mapped_column(BigInteger)


class KeptReceiptRow(Base):
    """A receipt that somebody asked to keep, under a seal that only its address opens."""

    __tablename__ = "kept_receipt"

    name: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    keep_until: Mapped[datetime] = mapped_column(index=True)


class ShareRow(Base):
    """A credential that its holder shares, sealed; of what has ended only that it was there."""

    __tablename__ = "share"
    __table_args__ = (
        CheckConstraint(
            "num_nulls(sealed, withdrawal, registration_id) IN (0, 3)", name="whole_or_ended"
        ),
    )

    share_id: Mapped[bytes] = mapped_column(primary_key=True)
    code_place: Mapped[bytes | None] = mapped_column(
        unique=True, comment="where its short code is found"
    )
    sealed: Mapped[bytes | None] = mapped_column(comment="absent once it has ended")
    sealed_link: Mapped[bytes | None] = mapped_column(comment="what the short code opens")
    withdrawal: Mapped[bytes | None] = mapped_column(comment="a hash of its secret")
    registration_id: Mapped[UUID | None] = mapped_column(
        index=True, comment="so that an erasure ends it; absent once it has ended"
    )
    ends_at: Mapped[datetime] = mapped_column(index=True)


class VerificationBatchRow(Base):
    """A batch of credentials under way: found by a hash of its address, and not kept for long."""

    __tablename__ = "verification_batch"

    place: Mapped[bytes] = mapped_column(primary_key=True)
    request: Mapped[bytes | None] = mapped_column(
        unique=True, comment="a hash of the Idempotency-Key, if there was one"
    )
    entries: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger, comment="bytes that were handed in")
    received_at: Mapped[datetime]
    wipe_at: Mapped[datetime] = mapped_column(index=True)


class VerificationBatchEntryRow(Base):
    """One entry of a batch: sealed until it is judged, and then its row, sealed as well."""

    __tablename__ = "verification_batch_entry"
    __table_args__ = (
        CheckConstraint("(sealed_content IS NULL) <> (sealed_row IS NULL)", name="one_of_two"),
    )

    place: Mapped[bytes] = mapped_column(
        ForeignKey(VerificationBatchRow.place, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_content: Mapped[bytes | None] = mapped_column(comment="absent once it is judged")
    sealed_row: Mapped[bytes | None] = mapped_column(comment="absent until it is judged")
    state: Mapped[str | None] = mapped_column(comment="of its verdict, to be counted")
    attempts: Mapped[int]
    taken_until: Mapped[datetime | None]


add_runtime_tables(Base.metadata)
