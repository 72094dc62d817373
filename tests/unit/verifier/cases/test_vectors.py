"""The vectors of W3C, IETF and the EU through the real entry: each told apart, and none is green.

That their signatures hold is shown with the readers (`tests/unit/proofs`); none is a credential of
an issuer we list, most are no Open Badges, and half of them are wrong on purpose.
"""

from pathlib import Path
from typing import Final

import pytest

from services.verifier.domain.findings import Check, Code
from services.verifier.domain.handed import Form
from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from tests.unit.verifier.cases.entry import Case, Neighbours, assert_refused

pytestmark = [pytest.mark.anyio, pytest.mark.shared_material]

JOSE: Final = "ob3/vectors/vc-jose-cose"
EDDSA: Final = "ob3/vectors/eddsa/TestVectors"
PROFILE: Final = {
    **{
        f"{JOSE}/{name}.txt": (form, code)
        for form, code, names in (
            (
                Form.VC_JWT,
                Code.CONTEXT_REFUSED,
                (
                    "credential-issuer-match-signed",
                    "credential-jose-bad-signature",
                    "credential-jose-minimal",
                ),
            ),
            (Form.VC_JWT, Code.TYP_REFUSED, ("credential-jose-bad-media-type",)),
            (Form.VC_JWT, Code.ALGORITHM_REFUSED, ("credential-jose-unknown-extensions",)),
            (Form.VC_JWT, Code.ENVELOPE_CLAIM, ("credential-jose-vc-vp-claims",)),
            (
                Form.SD_JWT_VC,
                Code.DISCLOSURES_BROKEN,
                (
                    "credential-sdjwt-bad-signature",
                    "credential-sdjwt-nested",
                    "credential-sdjwt-selective",
                ),
            ),
            (
                Form.SD_JWT_VC,
                Code.TYP_REFUSED,
                (
                    "credential-sdjwt-bad-media-type",
                    "presentation-sdjwt-bad-credential",
                    "presentation-sdjwt-bad-media-type",
                    "presentation-sdjwt-selective",
                ),
            ),
            (
                Form.PRESENTATION_JWT,
                Code.PRESENTATION_REFUSED,
                (
                    "presentation-jose-bad-credential",
                    "presentation-jose-bad-media-type",
                    "presentation-jose-multiple",
                ),
            ),
        )
        for name in names
    },
    **{
        f"{JOSE}/{name}.json": (Form.UNSIGNED, Code.UNSIGNED)
        for name in (
            "credential-full",
            "credential-minimal",
            "credential-nested-selective",
            "credential-selective",
            "credential-unknown-extensions",
        )
    },
    **{
        f"{JOSE}/{name}.json": (Form.PRESENTATION, Code.PRESENTATION_REFUSED)
        for name in ("presentation-multiple", "presentation-selective", "presentation-single")
    },
    **{
        f"{EDDSA}/{name}.json": (Form.EMBEDDED, Code.CONTEXT_REFUSED)
        for name in (
            "Ed25519Signature2020/signedEdSig",
            "eddsa-jcs-2022/signedJCS",
            "eddsa-rdfc-2022/employ/signedDataInt",
            "eddsa-rdfc-2022/signedDataInt",
            "proof-set-chain/signedProofChain1",
            "proof-set-chain/signedProofChain2",
            "proof-set-chain/signedProofSet1",
            "proof-set-chain/signedProofSet2",
        )
    },
    "ob3/samples/nl-microcredential-unsigned.json": (Form.UNSIGNED, Code.UNSIGNED),
    "ob3/vectors/tsl/status_list_jwt_raw.md": (Form.VC_JWT, Code.TYP_REFUSED),
    "wallet/elm/nl-microcredential-example.jsonld": (Form.ELM, Code.UNSIGNED),
    "wallet/elm/mynextid-edc-mc-example.json": (Form.ELM, Code.UNSIGNED),
}
OTHERS: Final = {
    **{
        f"{JOSE}/{name}.txt": (Form.UNKNOWN, Check.CONTAINER, Code.NOTHING_FOUND)
        for name in (
            "credential-cose-bad-media-type",
            "credential-cose-bad-signature",
            "credential-cose-minimal",
            "credential-cose-minimal-not-base64",
            "presentation-cose-bad-credential",
            "presentation-cose-bad-media-type",
            "presentation-cose-single",
        )
    },
    **{
        f"ob3/vectors/bsl/{name}.txt": (Form.UNKNOWN, Check.CONTAINER, Code.NOTHING_FOUND)
        for name in ("digitalbazaar-100k-50k-revoked-encodedList", "w3c-rec-example3-encodedList")
    },
    **{
        f"ob3/vectors/sdjwt/{name}.txt": (Form.SD_JWT_VC, Check.ISSUER, Code.ISSUER_UNKNOWN)
        for name in ("eudi-pid-sd-jwt-vc", "rfc9901-a3-sd-jwt-vc")
    },
    **{
        f"wallet/elm/{name}": (Form.ELM, Check.ISSUER, Code.SEALER_UNKNOWN)
        for name in ("Sample-MC-Annex1-signed.jsonld", "nl-microcredential-example-sealed.json")
    },
}
VECTORS: Final = OTHERS | {
    name: (form, Check.PROFILE, code) for name, (form, code) in PROFILE.items()
}


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.parametrize("name", VECTORS)
async def test_each_is_told_apart_and_none_is_green(
    shared_material: Path, intake: Intake, name: str
) -> None:
    form, check, code = VECTORS[name]
    content = (shared_material / "data" / name).read_bytes()
    [one] = await Neighbours().verify(content, intake)

    assert one.handed is not None
    assert one.handed.form is form
    case = Case(
        number=0,
        wrong=name,
        made=content,
        check=check,
        code=code,
        state=State.ISSUER_UNKNOWN if check is Check.ISSUER else State.NOT_A_CREDENTIAL,
    )
    await assert_refused(case, intake)


def test_no_vector_of_a_credential_is_left_out(shared_material: Path) -> None:
    folder = shared_material / "data"
    there = {
        str(path.relative_to(folder))
        for pattern in (f"{JOSE}/[cp]*", f"{EDDSA}/**/signed*.json", "ob3/vectors/sdjwt/*.txt")
        for path in folder.glob(pattern)
    }

    assert there <= VECTORS.keys()
