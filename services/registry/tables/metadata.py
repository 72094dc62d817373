"""What every table of the register has in common."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import DateTime, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase

from shared.runtime.database import service_metadata
from shared.runtime.schema import add_runtime_tables

MOMENT = DateTime(timezone=True)


class Base(DeclarativeBase):
    """Every table of the register, and no other service's."""

    metadata: ClassVar[MetaData] = service_metadata()
    type_annotation_map: ClassVar = {str: Text, datetime: MOMENT}

    @classmethod
    def table(cls) -> Table:
        """Return the table of these rows, for bulk."""
        return cls.metadata.tables[cls.__tablename__]


add_runtime_tables(Base.metadata)
