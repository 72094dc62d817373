"""The catalogue over HTTP, by subject: organisations, policies, microcredentials."""

from services.catalog.routes import microcredentials, organisations, policies

ROUTERS = (organisations.router, policies.router, microcredentials.router)
