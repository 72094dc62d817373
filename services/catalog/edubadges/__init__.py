"""A badge class of edubadges, or an achievement of educredentials, as a draft. Pure.

Whatever the shape it came in, every member of it is accounted for: taken, changed, lost or
doubtful, with a sentence that says how and why. What is not JSON of such a shape is refused with
every fault at once, and nothing that was sent is said back.
"""

from services.catalog.edubadges.badge_class import EdubadgesRefusedError
from services.catalog.edubadges.importing import Imported, read_badge_class
from services.catalog.edubadges.report import Entry, Outcome

__all__ = ["EdubadgesRefusedError", "Entry", "Imported", "Outcome", "read_badge_class"]
