"""Whose a thing in somebody's OEAPI is: of the organisation that imports it, or of another.

Pure. A national facade serves what many teach, and a desk is for one's own. Only codes that both
sides know are compared; of whom nothing is known is taken to be of whoever serves it.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from services.catalog.oeapi.reading import as_list, as_object
from shared.contracts.identifiers import brin_in, kvk_in
from shared.contracts.policy import Organisation
from shared.errors import Fault
from shared.strict_json import JsonObject

OF_ANOTHER: Final = Fault(
    "/organisationId",
    "of-another-organisation",
    "The source says that this is another organisation's, so it was passed over.",
    "De bron zegt dat dit van een andere organisatie is; het is dus overgeslagen.",
)


def is_of_another(owners: Iterable[JsonObject], oin: str, known: Organisation | None) -> bool:
    """Say whether none of the codes of these organisations, from part to whole, is one of ours."""
    ours = _codes_of(oin, known)
    told = [pair for owner in owners for pair in _codes_in(owner) if ours.get(pair[0])]
    return bool(told) and not any(code in ours[kind] for kind, code in told)


def _codes_of(oin: str, known: Organisation | None) -> Mapping[str, frozenset[str | None]]:
    recognised = [one.code for one in known.recognitions] if known else []
    brin, kvk, offerer = (
        (known.brin, known.kvk, known.education_offerer_code) if known else (None, None, None)
    )
    codes: dict[str, set[str | None]] = {
        "x-oin": {oin},
        "institution_code": {brin, brin_in(oin), *recognised},
        "kvk_organisation_id": {kvk, kvk_in(oin)},
        "x-rio-onderwijsaanbiedercode": {offerer},
    }
    return {kind: frozenset(some - {None}) for kind, some in codes.items()}


def _codes_in(owner: JsonObject) -> Iterable[tuple[str, str]]:
    listed = [owner.get("primaryCode"), *as_list(owner.get("otherCodes"))]
    for one in map(as_object, listed):
        yield str(one.get("codeType")), str(one.get("code"))
