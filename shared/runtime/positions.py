"""Where each consumer has read to, kept in the service's own database.

Separate from the bus, because the demo and an operator turn positions back as well.
"""

from aiokafka import TopicPartition
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.runtime.database import Database
from shared.runtime.schema import consumer_offset


async def read_positions(database: Database, consumer: str) -> dict[TopicPartition, int]:
    """Return the next offset to read, per partition that was ever read."""
    query = select(
        consumer_offset.c.topic, consumer_offset.c.partition, consumer_offset.c.next_offset
    ).where(consumer_offset.c.consumer == consumer)
    async with database.transaction() as session:
        rows = await session.execute(query)
        return {TopicPartition(topic, partition): offset for topic, partition, offset in rows}


async def reset_position(
    database: Database, consumer: str, partition: TopicPartition, *, was: int, to: int
) -> None:
    """Turn a position back, unless somebody else moved it meanwhile."""
    async with database.transaction() as session:
        await session.execute(
            update(consumer_offset)
            .where(
                consumer_offset.c.consumer == consumer,
                consumer_offset.c.topic == partition.topic,
                consumer_offset.c.partition == partition.partition,
                consumer_offset.c.next_offset == was,
            )
            .values(next_offset=to)
        )


async def forget_offsets(session: AsyncSession) -> None:
    """Have every topic read again from its beginning; nothing is heard twice."""
    await session.execute(delete(consumer_offset))
