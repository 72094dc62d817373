"""The catalogue over HTTP, by subject: organisations, policies, microcredentials."""

from services.catalog.routes import (
    microcredentials,
    offerings,
    organisations,
    policies,
    reviews,
    search,
)

ROUTERS = (
    organisations.router,
    policies.router,
    search.router,
    microcredentials.router,
    offerings.router,
    reviews.router,
)
