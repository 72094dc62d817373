"""The catalogue as OEAPI v6 (open-education-api, June 2026), for systems that speak it.

Read-only and public, outside /v1 and its document: the document is OEAPI's own. Microcredentials
are programmes of type `specification`; what is taught for them are courses, or programmes with
non-formal education (netherlands.md 2.3).
"""

from fastapi import APIRouter

from services.catalog.routes.oeapi import courses, offerings, programmes, service
from services.catalog.routes.oeapi.edge import VersionNotAcceptableError, answer_version

__all__ = ["VersionNotAcceptableError", "answer_version", "router"]

router = APIRouter()
for part in (service, programmes, courses, offerings):
    router.include_router(part.router, prefix="/oeapi/v6")
