"""Codes and addresses of other systems: which form each has, so that a wrong one is seen at once.

Apart from the contracts, because every form is a fact of somebody else's: ESCO, RIO, CROHO, CREBO,
OEAPI. A code type that we do not know is kept as it is.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import AnyHttpUrl, AnyUrl

from shared.contracts.isced import fields_of_study
from shared.contracts.requests import Broken, fault, when_asked

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ESCO_SKILL: Final = re.compile(
    rf"http://data\.europa\.eu/esco/skill/({_UUID}|[SLT][0-9]+(\.[0-9]+)*)"
)
FORMS: Final[Mapping[str, tuple[re.Pattern[str], str, str]]] = {
    "uuid": (
        re.compile(_UUID, re.IGNORECASE),
        "A UUID is 32 hexadecimal digits in five groups.",
        "Een UUID is 32 hexadecimale cijfers in vijf groepen.",
    ),
    "x-rio-opleidingseenheidcode": (
        re.compile(r"[0-9]{4}O[0-9]{4}"),
        "RIO's opleidingseenheidcode is 4 digits, the capital letter O and 4 digits: 1000O1234.",
        "De opleidingseenheidcode van RIO is 4 cijfers, de hoofdletter O en 4 cijfers: 1000O1234.",
    ),
    "x-croho": (
        re.compile(r"[0-9]{5}"),
        "A CROHO code is 5 digits: 34267.",
        "Een CROHO-code is 5 cijfers: 34267.",
    ),
    "x-crebo": (
        re.compile(r"[0-9]{5}"),
        "A CREBO code is 5 digits: 25187.",
        "Een CREBO-code is 5 cijfers: 25187.",
    ),
    "isbn": (
        re.compile(r"([0-9]-?){12}[0-9]|([0-9]-?){9}[0-9X]"),
        "An ISBN is 13 digits, or 10 in older books.",
        "Een ISBN is 13 cijfers, of 10 in oudere boeken.",
    ),
}
# OEAPI codeType values that name a person; no event, address or log line of ours may hold one.
PERSONAL: Final = frozenset(
    {
        "account_id",
        "eckid",
        "email_address",
        "esi",
        "national_identity_number",
        "orcid",
        "student_number",
        "studielink_number",
        "username",
    }
)
MAX_ADDRESS: Final = 2000
NO_FIELD: Final = Broken(
    fault(
        "unknown-field-of-study",
        "This is no code of ISCED-F 2013: 2 digits name a broad field, 3 a narrow one, "
        "4 a detailed one, such as 0533 for physics.",
        "Dit is geen code van ISCED-F 2013: 2 cijfers noemen een breed vakgebied, 3 een smaller, "
        "4 een precies vakgebied, zoals 0533 voor natuurkunde.",
    )
)
NO_SKILL: Final = Broken(
    fault(
        "esco-uri",
        "ESCO names a skill by an address such as "
        "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d.",
        "ESCO noemt een vaardigheid met een adres zoals "
        "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d.",
    )
)
_OF_PERSON: Final = Broken(
    fault(
        "code-of-person",
        "This type of code names a person; name what is taught, never who teaches or learns.",
        "Dit type code wijst een persoon aan; noem wat wordt geleerd, nooit wie leert of lesgeeft.",
    ),
    ("codeType",),
)
_LONG_ADDRESS: Final = Broken(
    fault(
        "address-too-long",
        "The address is too long: at most 2,000 characters are allowed.",
        "Het adres is te lang: hoogstens 2.000 tekens zijn toegestaan.",
    )
)
_SECRET_ADDRESS: Final = Broken(
    fault(
        "address-with-secret",
        "The address holds a user name or password; give one that everybody may open.",
        "In het adres staat een gebruikersnaam of wachtwoord; geef er een dat iedereen mag openen.",
    )
)
_TWICE: Final = fault(
    "duplicate",
    "This stands in the list already; say it once.",
    "Dit staat al in de lijst; noem het één keer.",
)


def judge_field_of_study(code: str) -> Iterator[Broken]:
    """Say whether ISCED-F 2013 has a code."""
    if code not in fields_of_study():
        yield NO_FIELD


def judge_skill(uri: object) -> Iterator[Broken]:
    """Say whether an address can be of a skill of ESCO; whether ESCO still has it, ESCO knows."""
    if not ESCO_SKILL.fullmatch(str(uri)):
        yield NO_SKILL


def judge_code(code_type: str, code: str) -> Iterator[Broken]:
    """Say whether a code has the form of its type, and is no person's."""
    if code_type in PERSONAL:
        yield _OF_PERSON
    if code_type in FORMS:
        form, detail, dutch = FORMS[code_type]
        if not form.fullmatch(code):
            yield Broken(fault("code-form", detail, dutch), ("code",))


def judge_address(address: AnyUrl) -> Iterator[Broken]:
    """Say whether an address can be shown to everybody."""
    if len(str(address)) > MAX_ADDRESS:
        yield _LONG_ADDRESS
    if address.username is not None or address.password is not None:
        yield _SECRET_ADDRESS


def judge_duplicates(items: Iterable[Any]) -> Iterator[Broken]:
    """Name every item that stands in a list for the second time, however it is capitalised."""
    seen: set[Hashable] = set()
    for at, item in enumerate(items):
        key = _key_of(item)
        if key in seen:
            yield Broken(_TWICE, (at,))
        seen.add(key)


def _key_of(item: Any) -> Hashable:  # noqa: ANN401 - an item of any list
    if isinstance(item, str):
        return item.casefold()
    named: Hashable = getattr(item, "uri", item)  # A skill is the same one under any label.
    return named


WebAddress = Annotated[AnyHttpUrl, when_asked(judge_address)]
"""An address that is shown to everybody."""
