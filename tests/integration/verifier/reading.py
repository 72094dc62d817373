"""What stands on the verifier's pages, for tests to look at.

Apart from the tests, because a page carries along what it was about, and each of them hands it in
again.
"""

import html
import re

from httpx import AsyncClient, Response

from tests.integration.verifier.gallery import Gallery


def heading(page: Response) -> str:
    """Return the first heading there is."""
    found = re.search(r"<h[1-6][^>]*>(.*?)</h[1-6]>", page.text)
    return html.unescape(found[1]) if found else ""


def carried(page: Response) -> dict[str, list[str]]:
    """Return what a page hands in again: the hidden fields of its form."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', page.text):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def visible(page: Response) -> str:
    """Return a page without its hidden fields."""
    return re.sub(r'<input type="hidden".*?>', "", page.text)


async def hand_in(verifier: AsyncClient, gallery: Gallery, name: str) -> Response:
    """Hand in one case of the gallery."""
    case = gallery.cases[name]
    return await verifier.post("/", data=case.form, files=case.files)
