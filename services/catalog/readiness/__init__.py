"""How far a microcredential is: what each reader asks of it, and what is still missing. Pure.

Five readers, each a part of the meter: the EU standard (Council Recommendation 2022/C 243/02,
annex I), the quality framework of the sector, OEAPI v6, RIO, and Europass (ELM). A gap never stands
alone: it says why it is asked, who uses it, and shows a value that would fill it.
"""

from services.catalog.readiness.gaps import Gap, Meter, PartName, Reading, Remark
from services.catalog.readiness.measuring import Measured, measure

__all__ = ["Gap", "Measured", "Meter", "PartName", "Reading", "Remark", "measure"]
