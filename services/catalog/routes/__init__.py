"""The catalogue over HTTP, by subject: organisations, policies, microcredentials."""

from services.catalog.routes import (
    clients,
    desks,
    edubadges,
    evaluations,
    mandates,
    microcredentials,
    oeapi,
    oeapi_imports,
    oeapi_v5,
    offerings,
    organisations,
    policies,
    readiness,
    reviews,
    rio,
    search,
    statements,
    tokens,
    trust,
)

ROUTERS = (
    organisations.router,
    mandates.router,
    policies.router,
    evaluations.router,
    search.router,
    microcredentials.router,
    offerings.router,
    reviews.router,
    desks.router,
    statements.router,
    edubadges.router,
    readiness.router,
    rio.router,
    trust.router,
    oeapi_imports.router,
    clients.router,
    tokens.router,
)

FACADES = (oeapi.router, oeapi_v5.router, trust.others, tokens.others)
"""What is answered outside /v1, as other documents describe it."""
