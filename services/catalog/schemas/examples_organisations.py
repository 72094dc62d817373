"""Examples of organisations, their history and the trust list, for the OpenAPI document."""

from typing import Any, Final

from services.catalog.schemas.examples import ORGANISATION, RECORD_ORGANISATION

_PERIOD: Final[dict[str, Any]] = {"recogniser": "OCW", "code": "21PH", "validFrom": "2021-10-01"}

CORRECT_ORGANISATION: Final[dict[str, Any]] = {
    **RECORD_ORGANISATION,
    "city": "Enschede",
    "region": "NL-OV",
    "recognitions": [{**_PERIOD, "validFrom": "2021-11-01"}],
    "reason": "The decision of OCW was entered with the wrong month.",
}
STANDING: Final[dict[str, Any]] = {
    **ORGANISATION,
    "standing": {
        "on": "2026-04-01",
        "asOf": "2026-11-22T12:00:00Z",
        "version": 1,
        "recognised": True,
        "recognisedBy": [_PERIOD],
    },
}
VERSION: Final[dict[str, Any]] = {
    "version": 1,
    "recordedAt": ORGANISATION["recordedAt"],
    "replacedAt": "2026-11-24T08:00:00Z",
    "organisation": ORGANISATION,
}

_DID: Final = "did:web:issuer.waarmerk.example:issuers:00000099000000210000"
_THUMBPRINT: Final = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
TRUST_LIST: Final[dict[str, Any]] = {
    "sequence": 61,
    "asOf": "2026-11-22T09:30:00Z",
    "day": "2026-11-22",
    "items": [
        {
            "oin": ORGANISATION["oin"],
            "name": ORGANISATION["name"],
            "sector": "wo",
            "kind": "public",
            "website": ORGANISATION["website"],
            "country": "NL",
            "test": True,
            "recognised": True,
            "recognitions": [_PERIOD],
            "dids": [_DID],
            "keys": [
                {
                    "kid": f"{_DID}#{_THUMBPRINT}",
                    "did": _DID,
                    "algorithm": "ES256",
                    "publicJwk": {
                        "kty": "EC",
                        "crv": "P-256",
                        "x": "qAOdPQROkHfZY1daGofOmSNQWpYK8c9G2m2Rbkpbd4c",
                        "y": "G_7fF-T8n2vONKM15Mzj4KR_shvHBxKGjMosF6FdoPY",
                        "alg": "ES256",
                        "use": "sig",
                        "kid": _THUMBPRINT,
                    },
                    "publishedAt": "2026-11-22T09:31:00Z",
                }
            ],
            "version": 1,
            "recordedAt": ORGANISATION["recordedAt"],
        }
    ],
    "next": "WzQyXQ",
}
