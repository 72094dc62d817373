"""Pages for people: Dutch by default, English as well, nothing inline and nothing from elsewhere.

Apart from the services, so that every page has the same frame, the same policy and the same links,
also when a service is mounted below a path. Templates are in a service's `templates` folder,
styles and scripts in its `assets`; texts stand in both languages side by side: `say("nl", "en")`.
"""

import hashlib
import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.types import Scope

from shared.errors import NotFoundError
from shared.runtime.http import public_headers
from shared.runtime.language import Language, language_of
from shared.runtime.observability import current_context

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
LONGEST_QUERY: Final = 4096
"""A longer query is not repeated in links: it is nobody's search."""
Query = Sequence[tuple[str, str]]
_SHARED: Final = "shared.runtime"
_YEAR: Final = 365 * 24 * 3600
_MONTHS: Final = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that goes with a page; its name changes with its content."""

    content: bytes
    media_type: str
    name: str


class Pages:
    """The templates and assets of one service, on top of the shared ones."""

    def __init__(self, package: str) -> None:
        packages = [name for name in (package, _SHARED) if _folder(name, "templates") is not None]
        self.environment = Environment(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            loader=ChoiceLoader([PackageLoader(name, "templates") for name in packages]),
        )
        self.assets = {
            asset.name: asset for name in (_SHARED, package) for asset in _read_assets(name)
        }
        self._named = {_plain_name(name): name for name in self.assets}
        self.environment.globals.update(
            say=_say, link=_link, spoken=_spoken, in_language=_in_language, asset=self._asset
        )
        self.environment.filters.update(day=_day, moment=_moment, number=_number, money=_money)

    @pass_context
    def _asset(self, context: Context, name: str) -> str:
        return f"{context['root']}/assets/{self._named[name]}"

    def render(self, template: str, *, language: Language, root: str, **context: object) -> str:
        """Return a page as text."""
        return self.environment.get_template(template).render(
            lang=language.value, root=root, **context
        )


def page(
    request: Request,
    template: str,
    *,
    status_code: int = 200,
    varies: str = "Accept-Language",
    **context: object,
) -> HTMLResponse:
    """Answer with a page in the language of its reader."""
    pages: Pages = request.app.state.pages
    language = read_language(request)
    known = current_context()
    text = pages.render(
        template,
        language=language,
        root=root_of(request),
        here=_here(request),
        kept=_kept(request),
        chosen=_chosen_language(request) is not None,
        request_id=known.request_id if known else "",
        **context,
    )
    return HTMLResponse(
        text,
        status_code,
        {
            "Content-Security-Policy": POLICY,
            "Content-Language": language.value,
            "Vary": varies,
        },
    )


def show_problem(scope: Scope, status: int) -> Response:
    """Tell a person, instead of a machine, that there is no page for them."""
    return page(Request(scope), "problem.html", status_code=status, status=status)


def read_language(request: Request) -> Language:
    """Return the language that is asked by `?lang=`, else preferred, else Dutch."""
    return _chosen_language(request) or language_of(request.scope, otherwise=Language.NL)


def _chosen_language(request: Request) -> Language | None:
    asked = request.query_params.get("lang")
    return Language(asked) if asked in set(Language) else None


def root_of(request: Request) -> str:
    """Return the path this service is mounted under, for links to itself."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")


async def answer_asset(request: Request) -> Response:
    """Answer with a style sheet, script or picture; under one name it never changes."""
    pages: Pages = request.app.state.pages
    asset = pages.assets.get(request.path_params["name"])
    if asset is None:
        raise NotFoundError
    headers = public_headers(max_age=_YEAR, immutable=True)
    return Response(asset.content, headers=headers, media_type=asset.media_type)


def _here(request: Request) -> str:
    path: str = request.scope["path"].removeprefix(root_of(request))
    # Two slashes at the start would name another host.
    return "/" + quote(path.lstrip("/"))


def _kept(request: Request) -> Query:
    """Return what the address asks besides the language: a page whose state it is keeps it."""
    query = request.scope["query_string"][: LONGEST_QUERY + 1].decode("latin-1")
    if len(query) > LONGEST_QUERY:
        return ()
    return [(key, value) for key, value in parse_qsl(query) if key != "lang"]


@pass_context
def _say(context: Context, nl: str, en: str) -> str:
    return en if context["lang"] == Language.EN else nl


@pass_context
def _spoken(context: Context) -> str:
    """Return the language an address must name, or nothing when the reader has it anyway."""
    # Dutch goes without saying, unless somebody chose it over what their browser prefers.
    is_said = context["lang"] != Language.NL or context.get("chosen")
    return str(context["lang"]) if is_said else ""


@pass_context
def _link(context: Context, path: str, query: Query = ()) -> str:
    """Give the address of a page of ours, in the language of this one."""
    language = _spoken_in(context)
    asked = [*query, *([("lang", language)] if language else [])]
    return f"{context['root']}{path}" + (f"?{urlencode(asked)}" if asked else "")


_spoken_in: Callable[[Context], str] = _spoken


@pass_context
def _in_language(context: Context, language: str) -> str:
    """Give the address of this very page in another language, with what it was asked."""
    asked = [*context.get("kept", ()), ("lang", language)]
    return f"{context['root']}{context['here']}?{urlencode(asked)}"


@pass_context
def _day(context: Context, value: date) -> str:
    moment = value.astimezone(AMSTERDAM) if isinstance(value, datetime) else value
    return f"{moment.day} {_MONTHS[context['lang']].split()[moment.month - 1]} {moment.year}"


@pass_context
def _moment(context: Context, value: datetime) -> str:
    local = value.astimezone(AMSTERDAM)
    return f"{_day_of(context, local)}, {local:%H:%M}"


_day_of: Callable[[Context, date], str] = _day


@pass_context
def _number(context: Context, value: Any) -> str:  # noqa: ANN401 - from a template
    text = f"{value:,}"
    return text if context["lang"] == Language.EN else text.translate({44: ".", 46: ","})


@pass_context
def _money(context: Context, value: Decimal, currency: str = "EUR") -> str:
    dutch, english = write_money(value, currency)
    return english if context["lang"] == Language.EN else dutch


def write_money(value: Decimal, currency: str) -> tuple[str, str]:
    """Write an amount as people do, in Dutch and in English: without cents when there are none."""
    text = f"{value:,.2f}".removesuffix(".00")
    sign = "€" if currency == "EUR" else currency
    return f"{sign}\N{NO-BREAK SPACE}{text.translate({44: '.', 46: ','})}", (
        f"€{text}" if currency == "EUR" else f"{currency}\N{NO-BREAK SPACE}{text}"
    )


def _folder(package: str, name: str) -> Traversable | None:
    found = find_spec(package) if package else None
    if found is None or found.submodule_search_locations is None:
        return None
    folder = files(package) / name
    return folder if folder.is_dir() else None


def _read_assets(package: str) -> list[Asset]:
    folder = _folder(package, "assets")
    if folder is None:
        return []
    return [_read_asset(file) for file in folder.iterdir() if file.is_file()]


def _read_asset(file: Traversable) -> Asset:
    content = file.read_bytes()
    stem, _, suffix = file.name.rpartition(".")
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(content, media_type, f"{stem}.{digest}.{suffix}")


def _plain_name(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem.rpartition('.')[0]}.{suffix}"
