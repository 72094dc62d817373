"""A European credential is judged by its seal: at best amber, and silent until the seal holds."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verifier.checks.european import judge_european
from services.verifier.checks.holder import AskedHolder, IdentifierKind
from services.verifier.checks.judgement import Judgement
from services.verifier.containers.documents import form_of
from services.verifier.containers.texts import recognise
from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.handed import Form
from services.verifier.domain.text import Text
from services.verifier.domain.verdict import Look, State
from services.verifier.schemas.explaining import explanation_of
from services.verifier.schemas.sealing import ShownEuropean
from shared.proofs.certificate_paths import NO_ANCHORS, Anchors, Standing
from shared.proofs.jades_refusals import REFUSALS
from tests.support.sealed_documents import (
    a_european,
    a_seal_header,
    seal_compact,
    seal_document,
    seal_text,
)
from tests.support.seals import (
    SCHOOL,
    SEALED_AT,
    a_sealer,
    the_authority,
    the_school,
    usage,
)
from tests.unit.verifier.forge import NOW

ANCHORS: Final = Anchors.of([the_authority().certificate])
SEALED: Final = seal_document()


def judge(text: str, anchors: Anchors = ANCHORS, *, asked: AskedHolder | None = None) -> Judgement:
    return judge_european(text, anchors, asked=asked, now=NOW)


def code_of(judgement: Judgement, check: Check) -> Code:
    return judgement.findings[check.number - 1].code


def state_of(judgement: Judgement) -> tuple[State, Look]:
    return judgement.verdict.state, judgement.verdict.look


def test_a_right_seal_of_somebody_we_trust_is_at_best_amber() -> None:
    judgement = judge(SEALED)

    assert state_of(judgement) == (State.ISSUER_UNKNOWN, Look.AMBER)
    assert judgement.verdict.code is Code.SEALER_UNLISTED
    assert code_of(judgement, Check.KEY) is Code.SEAL_ANCHORED
    assert code_of(judgement, Check.SIGNATURE) is Code.SEAL_HOLDS


def test_what_it_says_is_shown_beside_what_the_certificate_says() -> None:
    said = judge(SEALED).european

    assert said is not None
    assert said.title == Text(nl="Data in de zorg", en="Data in healthcare")
    assert said.achievements == (Text(nl="Data in de zorg", en="Data in de zorg"),)
    assert said.holder_name == Text(nl="Noor de Vries", en="Noor de Vries")
    assert said.issuer_name == Text(nl=SCHOOL, en=SCHOOL)
    assert (said.sealer.best_name, said.standing) == (SCHOOL, Standing.ANCHORED)
    assert said.sealed_at == SEALED_AT
    assert said.is_sealed_by_issuer


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ({"legalName": {"en": SCHOOL.upper()}}, True),
        ({"legalName": {"nl": "Universiteit Twente"}}, False),
        ({}, False),
        (
            {"legalName": {"nl": SCHOOL}, "eIDASIdentifier": {"notation": "NTRNL-99999999"}},
            False,
        ),
    ],
    ids=["by name", "another name", "no name", "another number"],
)
def test_it_is_said_when_credential_and_certificate_name_another(
    issuer: dict[str, object], *, expected: bool
) -> None:
    said = judge(seal_document(a_european(issuer=issuer))).european

    assert said is not None
    assert said.is_sealed_by_issuer is expected


STRANGERS: Final = {
    "nobody is trusted": (SEALED, NO_ANCHORS, Code.SEAL_NO_ANCHORS),
    "sealed by itself": (seal_document(sealer=a_sealer()), ANCHORS, Code.SEAL_UNANCHORED),
    "another authority": (SEALED, Anchors.of([a_sealer().certificate]), Code.SEAL_UNANCHORED),
    "an ended certificate": (
        seal_document(sealer=a_sealer(by=the_authority(), until=SEALED_AT - timedelta(seconds=1))),
        ANCHORS,
        Code.SEAL_UNTIMELY,
    ),
    "a moment to come": (seal_document(sigT="2027-01-01T00:00:00Z"), ANCHORS, Code.SEAL_UNTIMELY),
    "a certificate for something else": (
        seal_document(
            sealer=a_sealer(by=the_authority(), extensions=[(usage("key_agreement"), True)])
        ),
        ANCHORS,
        Code.SEAL_UNFIT,
    ),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_seal_that_nobody_we_trust_knows_is_a_strangers(stranger: str) -> None:
    text, anchors, code = STRANGERS[stranger]

    judgement = judge(text, anchors)

    assert state_of(judgement) == (State.ISSUER_UNKNOWN, Look.AMBER)
    assert judgement.verdict.code is Code.SEALER_UNKNOWN
    assert code_of(judgement, Check.KEY) is code


def test_altered_content_is_red_and_says_nothing() -> None:
    judgement = judge(SEALED.replace("Noor de Vries", "Piet de Vries"))

    assert state_of(judgement) == (State.ALTERED, Look.RED)
    assert code_of(judgement, Check.SIGNATURE) is Code.SIGNATURE_BROKEN
    assert (judgement.european, judgement.credential) == (None, None)


@given(st.integers(0, len(SEALED.encode()) - 1), st.integers(1, 255))
def test_no_single_byte_can_be_another_and_anything_still_be_shown(at: int, by: int) -> None:
    raw = SEALED.encode()
    changed = raw[:at] + bytes([raw[at] ^ by]) + raw[at + 1 :]

    judgement = judge(changed.decode(errors="replace"))

    assert judgement.verdict.look in {Look.RED, Look.GREY}
    assert judgement.european is None


def test_sealed_text_that_is_no_object_cannot_be_read() -> None:
    for payload in ("[]", '{"a":1,"a":2}'):
        judgement = judge(seal_text(payload, the_school(), a_seal_header(the_school())))

        assert code_of(judgement, Check.PARSE) is Code.CONTENT_UNREADABLE


UNREAD: Final = {
    "no seal": (json.dumps(a_european()), Code.UNSIGNED),
    "an unknown demand": (seal_document(crit=["b64", "x"], x=1), Code.EUROPEAN_MODEL),
    "no algorithm": (seal_document(alg="none"), Code.EUROPEAN_MODEL),
    "an algorithm of another key": (seal_document(alg="RS256"), Code.EUROPEAN_MODEL),
    "content elsewhere": (seal_document(sigD={}), Code.EUROPEAN_MODEL),
    "something else": (seal_document({"type": "Invoice"}), Code.TYPE_REFUSED),
}


@pytest.mark.parametrize("unread", UNREAD)
def test_what_cannot_surely_be_read_is_no_credential(unread: str) -> None:
    text, code = UNREAD[unread]

    judgement = judge(text)

    assert state_of(judgement) == (State.NOT_A_CREDENTIAL, Look.GREY)
    assert judgement.verdict.code is code
    assert judgement.european is None


def test_why_a_seal_is_not_read_is_said_in_both_languages() -> None:
    for refusal in REFUSALS:
        finding = judge(seal_document(jku="https://keys.example.com")).findings[2]
        told = explanation_of(
            type(finding)(
                check=finding.check,
                outcome=finding.outcome,
                code=finding.code,
                reason=refusal.code,
            )
        )
        assert told.nl.endswith(refusal.dutch)
        assert told.en.endswith(refusal.sentence())


@pytest.mark.parametrize(
    ("changes", "code", "state"),
    [
        ({"validUntil": "2026-11-20T00:00:00Z"}, Code.EXPIRED, State.ISSUER_UNKNOWN),
        ({"expirationDate": "2026-11-20T00:00:00Z"}, Code.EXPIRED, State.ISSUER_UNKNOWN),
        ({"validFrom": "2027-11-20T00:00:00Z"}, Code.NOT_YET_VALID, State.ISSUER_UNKNOWN),
        ({"validFrom": "soon"}, Code.DATE_MALFORMED, State.NOT_A_CREDENTIAL),
        ({"expirationDate": 1}, Code.DATE_MALFORMED, State.NOT_A_CREDENTIAL),
    ],
    ids=["ended", "ended in older words", "not begun", "no date", "no end"],
)
def test_its_dates_are_its_own(changes: dict[str, object], code: Code, state: State) -> None:
    judgement = judge(seal_document(a_european(**changes)))

    assert code_of(judgement, Check.DATES) is code
    assert judgement.verdict.state is state


def test_a_list_of_revocations_is_not_asked_and_not_forgotten() -> None:
    listed = judge(seal_document(a_european(credentialStatus={"type": "StatusList2021Entry"})))

    assert code_of(listed, Check.STATUS) is Code.STATUS_TYPE_UNKNOWN
    assert code_of(judge(SEALED), Check.STATUS) is Code.STATUS_MISSING


@pytest.mark.parametrize(
    ("kind", "value", "outcome"),
    [
        (IdentifierKind.NAME, "noor de  vries", Outcome.OK),
        (IdentifierKind.NAME, "Sam de Vries", Outcome.FAILED),
        (IdentifierKind.EMAIL, "noor@example.com", Outcome.OK),
        (IdentifierKind.EDU_ID, "urn:mace:eduid.nl:1", Outcome.UNKNOWN),
    ],
    ids=["name", "another name", "mail", "eduID"],
)
def test_it_is_said_whose_it_is_when_asked(
    kind: IdentifierKind, value: str, outcome: Outcome
) -> None:
    person = a_european()["credentialSubject"]
    person["contactPoint"] = {"emailAddress": {"id": "mailto:noor@example.com"}}
    sealed = seal_document(a_european(credentialSubject=person))

    judgement = judge(sealed, asked=AskedHolder(kind, value))

    assert judgement.findings[-1].outcome is outcome


def test_a_credential_of_nothing_is_shown_as_nothing() -> None:
    bare = judge(seal_document({"type": ["EuropeanDigitalCredential"], "issuer": [], "id": 5}))

    shown = ShownEuropean.of(bare.european)

    assert shown is not None
    assert (shown.title.nl, shown.earned_by, shown.issuer_name, shown.id) == ("", None, None, "")
    assert not shown.sealed_by_issuer


def test_the_compact_form_is_judged_the_same() -> None:
    assert judge(seal_compact()).verdict == judge(SEALED).verdict
    assert judge(seal_compact(the_school())).european == judge(SEALED).european


def test_each_way_of_sealing_is_recognised_as_european() -> None:
    header = a_seal_header(the_school(), b64=None, crit=["sigT"])
    encoded = seal_text(json.dumps(a_european()), the_school(), header)
    found = recognise(seal_compact())

    assert form_of(json.loads(SEALED)) is form_of(json.loads(encoded)) is Form.ELM
    assert found is not None
    assert found[0] is Form.ELM
    assert judge(encoded).verdict == judge(SEALED).verdict
    assert form_of({"payload": "{not base64url}", "signatures": []}) is Form.UNKNOWN
    assert form_of({"payload": "==", "signatures": []}) is Form.UNKNOWN


@pytest.mark.shared_material
def test_the_sealed_sample_of_the_commission_is_shown(shared_material: Path) -> None:
    file = shared_material / "data" / "wallet" / "elm" / "Sample-MC-Annex1-signed.jsonld"

    judgement = judge(file.read_text(encoding="utf-8"))

    assert judgement.verdict.code is Code.SEALER_UNKNOWN
    assert judgement.european is not None
    assert judgement.european.sealer.best_name == "ORGANIZACION TEST"
    assert judgement.european.title.en == "Micro-Credential"
