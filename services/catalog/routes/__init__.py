"""The catalogue over HTTP, by subject: organisations, policies, microcredentials."""

from services.catalog.routes import (
    desks,
    evaluations,
    mandates,
    microcredentials,
    oeapi,
    offerings,
    organisations,
    policies,
    readiness,
    reviews,
    rio,
    search,
    statements,
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
    readiness.router,
    rio.router,
    trust.router,
)

FACADES = (oeapi.router, trust.others)
"""What is answered outside /v1, as other documents describe it."""
