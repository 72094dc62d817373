"""The catalogue's rows, on metadata of its own. By subject.

Records of contracts are kept whole, as the events tell them; columns stand beside them only for
what the database must compare.
"""

from services.catalog.tables.clients import client, client_key_set, token_key, used_assertion
from services.catalog.tables.metadata import METADATA
from services.catalog.tables.microcredentials import desk, desk_history, microcredential
from services.catalog.tables.oeapi import (
    oeapi_import,
    oeapi_import_item,
    oeapi_link,
    oeapi_source,
)
from services.catalog.tables.offerings import offering
from services.catalog.tables.organisations import organisation, organisation_version, policy
from services.catalog.tables.reviews import mandate, statement
from services.catalog.tables.rio import rio_change
from services.catalog.tables.search import known_word, listing, listing_words
from services.catalog.tables.trust import issuer_key

__all__ = [
    "METADATA",
    "client",
    "client_key_set",
    "desk",
    "desk_history",
    "issuer_key",
    "known_word",
    "listing",
    "listing_words",
    "mandate",
    "microcredential",
    "oeapi_import",
    "oeapi_import_item",
    "oeapi_link",
    "oeapi_source",
    "offering",
    "organisation",
    "organisation_version",
    "policy",
    "rio_change",
    "statement",
    "token_key",
    "used_assertion",
]
