"""The catalogue for people: a shop window, and what search engines and feed readers take from it.

Pages work without JavaScript, and an address is all they remember. By subject.
"""

from fastapi import APIRouter

from services.catalog.pages import (
    browse,
    compare,
    crawling,
    dcat,
    detail,
    feeds,
    organisations,
    policies,
)

router = APIRouter()
for each in (
    browse.router,
    detail.router,
    compare.router,
    organisations.router,
    policies.router,
    feeds.router,
    dcat.router,
    crawling.router,
):
    router.include_router(each)
