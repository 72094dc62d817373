"""What a request may look like."""

import json

import pytest
from pydantic import ValidationError

from services.issuer.operations.handing_out import EmbeddedForm, WantedForm
from services.issuer.operations.pictures import PictureFormat
from services.issuer.routes.forms import choose_form
from services.issuer.schemas import AwardRequest
from services.issuer.settings import Settings
from shared.proofs.vc_jwt import Form
from shared.runtime.problems import NotAcceptableError
from tests.support.issuing import CANARY_EDU_ID, CANARY_EMAIL, an_award_request


def read(**changes: object) -> AwardRequest:
    return AwardRequest.model_validate_json(json.dumps(an_award_request(**changes)))


@pytest.mark.parametrize(
    "learner",
    [
        {},
        {"eduId": CANARY_EDU_ID, "email": CANARY_EMAIL},
        {"email": CANARY_EMAIL},
        {"email": CANARY_EMAIL, "givenName": "A"},
        {"email": "no-address", "givenName": "A", "familyName": "B"},
        {"eduId": "with space in it"},
        {"eduId": CANARY_EDU_ID, "givenName": "A\u202eB"},
        {"eduId": CANARY_EDU_ID, "givenName": "   "},
        {"eduId": CANARY_EDU_ID, "birthDate": "2000-01-01"},
    ],
)
def test_a_learner_is_known_one_way_and_whole(learner: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        read(learner=learner)


@pytest.mark.parametrize(
    "changes",
    [
        {"organisation": "00000099000000210000"},
        {"enrolmentReference": "j.devries@example.nl"},
        {"enrolmentReference": ""},
        {"awardedOn": "20-11-2026"},
        {"awardedOn": 20261120},
        {"microcredentialVersion": 0},
        {"microcredentialVersion": "1"},
        {"validUntil": "2031-01-01T00:00:00"},
        {"result": {"grade": 8.5}},
        {"result": {}},
    ],
)
def test_what_breaks_the_form_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        read(**changes)


def test_names_are_trimmed_and_keep_their_accents() -> None:
    wanted = read(
        learner={"email": CANARY_EMAIL, "givenName": " Zoë ", "familyName": "Ŋ de Vries"}
    ).as_wanted()

    assert wanted.learner.full_name == "Zoë Ŋ de Vries"


@pytest.mark.parametrize(
    ("accept", "media_type", "form"),
    [
        (None, "text/plain", Form.OPEN_BADGES),
        ("*/*", "text/plain", Form.OPEN_BADGES),
        ("application/jwt", "application/jwt", Form.OPEN_BADGES),
        ("application/vc+jwt", "application/vc+jwt", Form.ENVELOPED),
        ("application/json, application/vc+jwt;q=0.5", "application/vc+jwt", Form.ENVELOPED),
        ("text/plain;q=0.2, APPLICATION/VC+JWT ; q=0.9", "application/vc+jwt", Form.ENVELOPED),
        ("application/vc+jwt;q=0, text/plain", "text/plain", Form.OPEN_BADGES),
        ("application/vc", "application/vc", EmbeddedForm.DATA_INTEGRITY),
        ("application/vc+ld+json", "application/vc+ld+json", EmbeddedForm.DATA_INTEGRITY),
        ("image/webp, image/*;q=0.5", "image/png", PictureFormat.PNG),
        ("image/svg+xml, image/png;q=0.9", "image/svg+xml", PictureFormat.SVG),
    ],
)
def test_the_form_is_the_one_preferred(
    accept: str | None, media_type: str, form: WantedForm
) -> None:
    assert choose_form(accept) == (media_type, form)


@pytest.mark.parametrize(
    "accept", ["application/json", "image/webp", "text/plain;q=0", "text/plain;q=x", ","]
)
def test_other_forms_are_not_made(accept: str) -> None:
    with pytest.raises(NotAcceptableError):
        choose_form(accept)


def test_both_secrets_are_asked_for_at_once_and_never_shown() -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate(
            {
                "database_url": "postgresql://x",
                "public_url": "https://i.example.nl",
                "key_encryption_key": "geheim",
                "pseudonym_key": "kort",
            }
        )

    assert {error["loc"] for error in refusal.value.errors()} == {
        ("key_encryption_key",),
        ("pseudonym_key",),
    }
    assert "geheim" not in str(refusal.value)
