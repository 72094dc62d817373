"""What is lost when another's OEAPI is read into a description, said in both languages.

Apart from the reading, so that every loss has one sentence and no reading stops at the first.
"""

from typing import Final

from shared.errors import Fault

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "text-unreadable": (
        "A text without a language or without words is left out.",
        "Een tekst zonder taal of zonder woorden is weggelaten.",
    ),
    "language-not-kept": (
        "Only one Dutch and one English text are kept.",
        "Alleen één Nederlandse en één Engelse tekst blijven bewaard.",
    ),
    "text-too-long": (
        "A text of more than 4,000 characters is left out.",
        "Een tekst van meer dan 4.000 tekens is weggelaten.",
    ),
    "markup-removed": (
        "The markup of this text is removed; its words are kept.",
        "De opmaak van deze tekst is verwijderd; de woorden zijn bewaard.",
    ),
    "value-unknown": (
        "This value is not known here, and is left out.",
        "Deze waarde kennen we hier niet, en is weggelaten.",
    ),
    "value-unreadable": (
        "This does not have the form that is asked here, and is left out.",
        "Dit heeft niet de vorm die hier gevraagd wordt, en is weggelaten.",
    ),
    "name-missing": (
        "There is no name in Dutch or English.",
        "Er is geen naam in het Nederlands of Engels.",
    ),
    "one-is-kept": (
        "Only one of these is kept.",
        "Hiervan blijft er maar één bewaard.",
    ),
    "too-many": (
        "There are more of these than are kept here.",
        "Hiervan zijn er meer dan we hier bewaren.",
    ),
    "basis-assumed": (
        "Who claims the level is not said, so it counts as self-declared.",
        "Er staat niet bij wie het niveau vaststelde, dus het telt als eigen opgave.",
    ),
    "assessment-without-form": (
        "How it is assessed is described, but not in which form; the description is left out.",
        "Er staat hoe er getoetst wordt, maar niet in welke vorm; de beschrijving is weggelaten.",
    ),
    "outcome-missing": (
        "A learning outcome that is named could not be fetched.",
        "Een genoemde leeruitkomst was niet op te halen.",
    ),
    "not-kept": (
        "There is no place for this here.",
        "Hiervoor is hier geen plaats.",
    ),
}


class Losses:
    """The losses noted so far."""

    def __init__(self) -> None:
        self._noted: list[Fault] = []

    def note(self, pointer: str, code: str) -> None:
        """Note that what stands there is lost, once."""
        english, dutch = _SENTENCES[code]
        self.add(Fault(pointer, code, english, dutch))

    def add(self, fault: Fault) -> None:
        """Note a loss that brings its own sentences."""
        if fault not in self._noted:
            self._noted.append(fault)

    @property
    def noted(self) -> tuple[Fault, ...]:
        """Return every loss, in the order it was found."""
        return tuple(self._noted)
