"""The metadata of the issuer, with the tables that every service has."""

from shared.runtime.database import service_metadata
from shared.runtime.schema import add_runtime_tables

METADATA = service_metadata()
add_runtime_tables(METADATA)
