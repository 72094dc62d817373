"""The sentence that goes with a finding: its code's, or the more precise one of its reason.

Apart from the answer, because findings are explained in answers, batches and receipts alike.
"""

from typing import Final

from services.verifier.domain.explanations import EXPLANATIONS
from services.verifier.domain.explanations.sealing import UNREAD_SEALS
from services.verifier.domain.findings import Code, Finding
from services.verifier.domain.log_faults import LogFault
from services.verifier.domain.refusals import RefusalCode
from services.verifier.domain.text import Text
from services.verifier.foreign.findings import SENTENCES, ForeignCode

_OF_KEYS: Final = frozenset({Code.KEY_REFUSED, Code.KEY_OUT_OF_REACH})


def explanation_of(finding: Finding) -> Text:
    """Return what a finding means, for people."""
    if finding.reason is not None and finding.code is Code.CONTAINER_REFUSED:
        return RefusalCode(finding.reason).sentence
    if finding.reason is not None and finding.code is Code.KEY_COMPROMISED:
        return LogFault(finding.reason).sentence
    if finding.reason is not None and finding.code in _OF_KEYS:
        return SENTENCES[ForeignCode(finding.reason)]
    if finding.reason is not None and finding.code is Code.EUROPEAN_MODEL:
        return _seal_unread(EXPLANATIONS[finding.code], UNREAD_SEALS[finding.reason])
    return EXPLANATIONS[finding.code]


def _seal_unread(said: Text, why: Text) -> Text:
    return Text(nl=f"{said.nl} {why.nl}", en=f"{said.en} {why.en}")
