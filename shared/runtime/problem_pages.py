"""Pages on every kind of refusal, as the `type` of a problem document promises (RFC 9457 §3.1.1).

Apart from the documents themselves: these are for the person who looks one up, in both languages,
and are made of the errors' own sentences, so that none is missing and none is out of date.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request, Response

from shared.errors import NotFoundError, WaarmerkError
from shared.runtime.pages import page
from shared.runtime.problems import dutch_title_of, status_of, title_of
from shared.runtime.sentences import Sentence

_ADVICE: Final[Mapping[int, Sentence]] = {
    400: Sentence(
        "Mend every fault under `errors`: each names its place in the request. Then send it again.",
        "Verbeter elke fout onder `errors`: elke fout noemt zijn plaats in het verzoek. "
        "Stuur het daarna opnieuw.",
    ),
    401: Sentence(
        "Ask for a new access token and send it as Authorization: Bearer.",
        "Vraag een nieuw access token en stuur het mee als Authorization: Bearer.",
    ),
    403: Sentence(
        "Ask your administrator for the scope, or act for an organisation that may do this.",
        "Vraag uw beheerder om de scope, of handel namens een organisatie die dit mag.",
    ),
    404: Sentence(
        "Check the address. What belongs to another looks as if it were not there.",
        "Kijk het adres na. Wat van een ander is, ziet eruit alsof het er niet is.",
    ),
    405: Sentence("Use a method that Allow names.", "Gebruik een methode die in Allow staat."),
    406: Sentence(
        "Accept a media type that the API's description names.",
        "Vraag in Accept om een mediatype dat de beschrijving van de API noemt.",
    ),
    409: Sentence(
        "Read how things stand now; with Retry-After, wait that long and send it again.",
        "Lees hoe het er nu voor staat; met Retry-After wacht u zo lang en stuurt u het opnieuw.",
    ),
    410: Sentence(
        "Read in the detail what there is instead.", "Lees in de toelichting wat er nog wel is."
    ),
    412: Sentence(
        "Read it again, make your change to what is there now, and send its new ETag.",
        "Lees het opnieuw, doe uw wijziging in wat er nu staat en stuur de nieuwe ETag mee.",
    ),
    413: Sentence("Send less at once.", "Stuur minder tegelijk."),
    415: Sentence(
        "Send the media type that the API's description names, and say so in Content-Type.",
        "Stuur het mediatype dat de beschrijving van de API noemt, en zeg dat in Content-Type.",
    ),
    428: Sentence(
        "Read it first, and send its ETag as If-Match.",
        "Lees het eerst en stuur de ETag mee als If-Match.",
    ),
    429: Sentence("Wait as long as Retry-After says.", "Wacht zo lang als Retry-After zegt."),
    500: Sentence(
        "Try again later; if it stays, give us the requestId.",
        "Probeer het later opnieuw; blijft het, geef ons dan het requestId.",
    ),
    503: Sentence(
        "Wait as long as Retry-After says and send it again; with an Idempotency-Key that is safe.",
        "Wacht zo lang als Retry-After zegt en stuur het opnieuw; met een Idempotency-Key kan dat "
        "veilig.",
    ),
}


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of refusal, as a person reads of it."""

    code: str
    status: int
    title: Sentence
    meaning: Sentence
    remedy: Sentence | None = None

    @property
    def advice(self) -> Sentence:
        """Return what to do about it."""
        return self.remedy or _ADVICE[self.status]


def problem_types(service: str) -> dict[str, ProblemType]:
    """Return every kind of refusal of a service, by its code, in the order of their statuses."""
    ours = (f"services.{service}.", "shared.")
    found = {
        kind.code: ProblemType(
            kind.code,
            status_of(kind),
            Sentence(title_of(kind.code), dutch_title_of(kind)),
            Sentence(kind.sentence(), kind.dutch),
            Sentence(*kind.remedy) if kind.remedy else None,
        )
        for kind in _kinds_under(WaarmerkError)
        if kind.__module__.startswith(ours) and not _is_of_proof(kind)
    }
    return {one.code: one for one in sorted(found.values(), key=lambda one: (one.status, one.code))}


def _is_of_proof(kind: type[WaarmerkError]) -> bool:
    """Say whether a kind judges a proof: that is part of a verdict, and no refusal of a request."""
    return any(base.__module__ == "shared.proofs" for base in kind.__mro__)


def _kinds_under(base: type[WaarmerkError]) -> Iterator[type[WaarmerkError]]:
    for kind in base.__subclasses__():
        # Of a code that several share the widest says it best, and comes last.
        yield from _kinds_under(kind)
        yield kind


async def list_problem_types(request: Request) -> Response:
    """Answer with every kind of refusal there is here."""
    types = problem_types(request.app.service)
    return page(request, "problem_types.html", types=list(types.values()))


async def show_problem_type(request: Request) -> Response:
    """Answer with one kind of refusal: what it means, and what to do."""
    found = problem_types(request.app.service).get(request.path_params["code"])
    if found is None:
        raise NotFoundError
    return page(request, "problem_type.html", type=found)
