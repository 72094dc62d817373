"""Why a proof from the register's log did not save a credential: a code, and a sentence for people.

Apart from the findings, because a key in wrong hands is one finding, whatever was shown beside it.
"""

from enum import StrEnum
from typing import Final

from services.verifier.domain.text import Text


class LogFault(StrEnum):
    """What is wrong with a log proof, seen from the credential it was handed in with."""

    NOT_TAKEN = "log-proof-not-taken"
    UNREADABLE = "log-proof-unreadable"
    OTHER_LOG = "log-proof-of-another-log"
    ALTERED = "log-proof-altered"
    UNWITNESSED = "log-proof-unwitnessed"
    OF_ANOTHER = "log-proof-of-another"
    TOO_LATE = "log-proof-too-late"

    @property
    def sentence(self) -> Text:
        """Return what it means."""
        return _SENTENCES[self]


_LOST: Final = Text(
    nl="De uitgever meldt dat deze sleutel in verkeerde handen is gekomen.",
    en="The issuer says that this key has fallen into the wrong hands.",
)


def _also(nl: str, en: str) -> Text:
    return Text(nl=f"{_LOST.nl} {nl}", en=f"{_LOST.en} {en}")


_SENTENCES: Final = {
    LogFault.NOT_TAKEN: _also(
        "Wij kunnen een bewijs uit het logboek van het register hier niet controleren.",
        "We cannot check a proof from the log of the register here.",
    ),
    LogFault.UNREADABLE: _also(
        "Het bewijs uit het logboek van het register is niet te lezen.",
        "The proof from the log of the register cannot be read.",
    ),
    LogFault.OTHER_LOG: _also(
        "Het bewijs is van een ander logboek dan dat van het landelijke register.",
        "The proof is of another log than that of the national register.",
    ),
    LogFault.ALTERED: _also(
        "Het bewijs uit het logboek van het register klopt niet: er is iets veranderd.",
        "The proof from the log of the register is not right: something was changed.",
    ),
    LogFault.UNWITNESSED: _also(
        "Te weinig getuigen die wij kennen, staan in voor het bewijs uit het logboek.",
        "Too few witnesses that we know vouch for the proof from the log.",
    ),
    LogFault.OF_ANOTHER: _also(
        "Het bewijs uit het logboek van het register gaat over iets anders.",
        "The proof from the log of the register is about something else.",
    ),
    LogFault.TOO_LATE: _also(
        "Getuigen zagen de inschrijving in het logboek pas daarna.",
        "Witnesses saw the entry in the log only after that.",
    ),
}
