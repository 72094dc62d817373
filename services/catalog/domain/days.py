"""Days as the Netherlands counts them: recognition, policies and enrolment go by those."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


def dutch_day(moment: datetime) -> date:
    """Return which day it is in the Netherlands."""
    return moment.astimezone(AMSTERDAM).date()
