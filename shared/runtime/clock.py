"""The one place that reads the wall clock, so that every rule gets its moment handed in."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


async def read_clock(request: Request) -> datetime:
    """Return the moment of this request by the application's clock, which a test may set."""
    moment: datetime = request.app.state.clock()
    return moment


Now = Annotated[datetime, Depends(read_clock)]
