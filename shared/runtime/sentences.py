"""What is said of a fault that pydantic finds, in English and in Dutch, without what was sent.

Apart from reading the faults, because these are words for people: a code of pydantic says which
rule was broken, and a pattern says it to nobody.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from shared.contracts.identifiers import OIN_PATTERN


class Sentence(NamedTuple):
    """One sentence in both languages; a name in braces is a limit of ours."""

    en: str
    nl: str


_WHOLE: Final = Sentence("A whole number is expected.", "Hier hoort een geheel getal.")
_NUMBER: Final = Sentence("A number is expected.", "Hier hoort een getal.")
_TRUTH: Final = Sentence("true or false is expected.", "Hier hoort true of false.")
_LIST: Final = Sentence("A list is expected.", "Hier hoort een lijst.")
_OBJECT: Final = Sentence("An object is expected.", "Hier hoort een object.")
_DATE: Final = Sentence(
    "A date is expected, as 2026-05-31.", "Hier hoort een datum, zoals 2026-05-31."
)
_MOMENT: Final = Sentence(
    "A moment is expected, as 2026-05-31T12:00:00Z.",
    "Hier hoort een tijdstip, zoals 2026-05-31T12:00:00Z.",
)
_UUID: Final = Sentence("A UUID is expected.", "Hier hoort een UUID.")
_URL: Final = Sentence(
    "A URL is expected, as https://www.example.nl/.",
    "Hier hoort een webadres, zoals https://www.example.nl/.",
)
_CHOICE: Final = Sentence(
    "One of these is expected: {expected}.", "Hier hoort een van deze: {expected}."
)

OF_KIND: Final[Mapping[str, Sentence]] = {
    "missing": Sentence("This is required.", "Dit is verplicht."),
    "extra_forbidden": Sentence("This is not known here.", "Dit is hier niet bekend."),
    "string_type": Sentence("Text is expected.", "Hier hoort tekst."),
    "string_too_short": Sentence(
        "The text is too short: the least number of characters is {min_length}.",
        "De tekst is te kort: het kleinste aantal tekens is {min_length}.",
    ),
    "string_too_long": Sentence(
        "The text is too long: at most {max_length} characters are allowed.",
        "De tekst is te lang: hoogstens {max_length} tekens zijn toegestaan.",
    ),
    "string_pattern_mismatch": Sentence(
        "The text does not have the form that is asked: {pattern}",
        "De tekst heeft niet de vorm die wordt gevraagd: {pattern}",
    ),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": Sentence("The number is too large.", "Het getal is te groot."),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "decimal_max_places": Sentence(
        "The number has too many decimals: at most {decimal_places} may follow the point.",
        "Het getal heeft te veel decimalen: hoogstens {decimal_places} achter de komma.",
    ),
    "decimal_max_digits": Sentence(
        "The number has too many digits: at most {max_digits} are allowed.",
        "Het getal heeft te veel cijfers: hoogstens {max_digits} zijn toegestaan.",
    ),
    "decimal_whole_digits": Sentence(
        "The number is too large: at most {whole_digits} digits may stand before the point.",
        "Het getal is te groot: hoogstens {whole_digits} cijfers voor de komma.",
    ),
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "greater_than": Sentence(
        "The number must be greater than {gt}.", "Het getal moet groter zijn dan {gt}."
    ),
    "greater_than_equal": Sentence(
        "The number must be {ge} or more.", "Het getal moet {ge} of meer zijn."
    ),
    "less_than": Sentence(
        "The number must be less than {lt}.", "Het getal moet kleiner zijn dan {lt}."
    ),
    "less_than_equal": Sentence(
        "The number must be {le} or less.", "Het getal moet {le} of minder zijn."
    ),
    "multiple_of": Sentence(
        "The number must be a multiple of {multiple_of}.",
        "Het getal moet een veelvoud van {multiple_of} zijn.",
    ),
    "finite_number": Sentence("A finite number is expected.", "Hier hoort een eindig getal."),
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "too_short": Sentence(
        "The list is too short: the least number of items is {min_length}.",
        "De lijst is te kort: minstens {min_length} nodig.",
    ),
    "too_long": Sentence(
        "The list is too long: at most {max_length} are allowed.",
        "De lijst is te lang: hoogstens {max_length} toegestaan.",
    ),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "union_tag_invalid": Sentence(
        "One of these kinds is expected: {expected_tags}.",
        "Hier hoort een van deze soorten: {expected_tags}.",
    ),
    "union_tag_not_found": Sentence(
        "The member that names the kind is missing.", "Wat de soort noemt, ontbreekt."
    ),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": Sentence(
        "A date without a time is expected, as 2026-05-31.",
        "Hier hoort een datum zonder tijd, zoals 2026-05-31.",
    ),
    "date_past": Sentence("A date in the past is expected.", "Hier hoort een dag die voorbij is."),
    "date_future": Sentence(
        "A date in the future is expected.", "Hier hoort een dag die nog komt."
    ),
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": Sentence(
        "A moment needs its time zone, as 2026-05-31T12:00:00Z.",
        "Een tijdstip heeft zijn tijdzone nodig, zoals 2026-05-31T12:00:00Z.",
    ),
    "uuid_type": _UUID,
    "uuid_parsing": _UUID,
    "uuid_version": Sentence(
        "A UUID of another version is expected.", "Hier hoort een UUID van een andere versie."
    ),
    "url_type": _URL,
    "url_parsing": _URL,
    "url_syntax_violation": _URL,
    "url_scheme": Sentence(
        "A URL with one of these schemes is expected: {expected_schemes}.",
        "Hier hoort een webadres dat begint met een van deze: {expected_schemes}.",
    ),
    "url_too_long": Sentence("The URL is too long.", "Het webadres is te lang."),
    "value_error": Sentence("This value breaks a rule.", "Deze waarde voldoet niet aan een regel."),
}
ANY_OTHER: Final = Sentence("This value is not accepted.", "Deze waarde kan hier niet.")

_OIN: Final = Sentence(
    "An OIN is 20 digits or capitals that begin with a register of the OIN system and end in "
    "zeros, as 00000099000000210000.",
    "Een OIN is 20 cijfers of hoofdletters, begint met een register van het OIN-stelsel en "
    "eindigt op nullen, zoals 00000099000000210000.",
)
_NAME: Final = Sentence(
    "A text without control characters is expected.", "Hier hoort tekst zonder stuurtekens."
)
OF_PATTERN: Final[Mapping[str, Sentence]] = {
    r"^[A-Z]{2}$": Sentence(
        "A country is two capitals (ISO 3166), as NL.",
        "Een land is twee hoofdletters (ISO 3166), zoals NL.",
    ),
    r"^[A-Z]{3}$": Sentence(
        "A currency is three capitals (ISO 4217), as EUR.",
        "Een munt is drie hoofdletters (ISO 4217), zoals EUR.",
    ),
    r"^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+$": Sentence(
        "A mail domain is what follows the @, as student.universiteit.example.",
        "Een maildomein is wat achter de @ staat, zoals student.universiteit.example.",
    ),
    r"^[0-9]{2}[A-Z]{2}$": Sentence(
        "A BRIN code is two digits and two capitals, as 21PH.",
        "Een BRIN-code is twee cijfers en twee hoofdletters, zoals 21PH.",
    ),
    r"^[0-9]{8}$": Sentence(
        "A number of the Chamber of Commerce (KVK) is 8 digits.", "Een KVK-nummer is 8 cijfers."
    ),
    r"^[0-9]{3}A[0-9]{3}$": Sentence(
        "RIO's onderwijsaanbiedercode is 3 digits, the capital A and 3 digits, as 100A123.",
        "De onderwijsaanbiedercode van RIO is 3 cijfers, de hoofdletter A en 3 cijfers, "
        "zoals 100A123.",
    ),
    r"^[0-9]{3}X[0-9]{3}$": Sentence(
        "RIO's onderwijslocatiecode is 3 digits, the capital X and 3 digits, as 100X123.",
        "De onderwijslocatiecode van RIO is 3 cijfers, de hoofdletter X en 3 cijfers, "
        "zoals 100X123.",
    ),
    r"^[0-9]{2,4}$": Sentence(
        "A field of study is 2, 3 or 4 digits (ISCED-F 2013), as 0533.",
        "Een vakgebied is 2, 3 of 4 cijfers (ISCED-F 2013), zoals 0533.",
    ),
    r"^[a-z]{2,3}(-[A-Z]{2})?$": Sentence(
        "A language is written as nl or nl-NL (BCP 47).",
        "Een taal schrijft u als nl of nl-NL (BCP 47).",
    ),
    r"^[a-z]{2,3}(-[A-Za-z0-9-]{1,30})?$": Sentence(
        "A language is written as nl, nld or nl-NL (BCP 47).",
        "Een taal schrijft u als nl, nld of nl-NL (BCP 47).",
    ),
    r"^[a-z0-9-]{1,40}$": Sentence(
        "Small letters, digits and hyphens are expected, at most 40.",
        "Hier horen kleine letters, cijfers en koppeltekens, hoogstens 40.",
    ),
    r"^(x-)?[a-z][a-z0-9_-]*$": Sentence(
        "A type of code begins with x- or is one of OEAPI's; small letters, digits, - and _ only.",
        "Een type code begint met x- of is er een van OEAPI; alleen kleine letters, cijfers, "
        "- en _.",
    ),
    r"^[a-z0-9]+(-[a-z0-9]+)*$": Sentence(
        "Small letters and digits are expected, with single hyphens between them.",
        "Hier horen kleine letters en cijfers, met hoogstens een koppelteken ertussen.",
    ),
    r"^[0-9a-f]{64}$": Sentence(
        "A SHA-256 digest is 64 hexadecimal digits.",
        "Een SHA-256 is 64 hexadecimale cijfers.",
    ),
    r"^[A-Za-z0-9_-]{43}$": Sentence(
        "A SHA-256 digest in base64url is expected: 43 letters, digits, - and _.",
        "Hier hoort een SHA-256 in base64url: 43 letters, cijfers, - en _.",
    ),
    r"^[!-~]+$": Sentence(
        "Printable ASCII without spaces is expected.",
        "Hier horen zichtbare ASCII-tekens zonder spaties.",
    ),
    r"^[!-?A-~ ]+$": Sentence(
        "Printable ASCII without @ is expected: a reference of yours, no e-mail address.",
        "Hier horen zichtbare ASCII-tekens zonder @: een kenmerk van u, geen e-mailadres.",
    ),
    r"^[^\x00-\x1f\x7f\u0080-\u009f\u202a-\u202e\u2066-\u2069]+$": _NAME,
    r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$": Sentence(
        "An e-mail address is expected, as j.devries@example.nl.",
        "Hier hoort een e-mailadres, zoals j.devries@example.nl.",
    ),
    r"^[a-z0-9]+(-[a-z0-9]+)*(@[1-9][0-9]{0,8})?$": Sentence(
        "A policy is named as hbo, or as hbo@2 for one version of it.",
        "Afspraken noemt u als hbo, of als hbo@2 voor één versie ervan.",
    ),
    r"^[0-9]{1,7}(\.[0-9]{1,2})?$": Sentence(
        "An amount is a text of digits with at most two decimals, as 450.00.",
        "Een bedrag is een tekst van cijfers met hoogstens twee decimalen, zoals 450.00.",
    ),
    r"^[A-Za-z0-9]([A-Za-z0-9 ._/-]{0,20}[A-Za-z0-9])?$": Sentence(
        "A code of a recognition is at most 22 letters and digits, as 21PH.",
        "Een erkenningscode is hoogstens 22 letters en cijfers, zoals 21PH.",
    ),
    OIN_PATTERN: _OIN,
}
