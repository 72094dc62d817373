"""The catalogue's rows, on metadata of its own. By subject.

Records of contracts are kept whole, as the events tell them; columns stand beside them only for
what the database must compare.
"""

from services.catalog.tables.metadata import METADATA
from services.catalog.tables.microcredentials import desk, microcredential
from services.catalog.tables.organisations import organisation, policy

__all__ = ["METADATA", "desk", "microcredential", "organisation", "policy"]
