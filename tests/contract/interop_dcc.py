"""The registry clients of the Digital Credentials Consortium.

Two of them: the newer one, with OpenID Federation, which their verifiers use, can be asked to
`lookup` a DID, and the stable one to `load` a registry.
"""

from pathlib import Path
from typing import Final

from tests.support.npm import NodeProgram

DCC: Final = NodeProgram(
    sources=Path(__file__).parent / "js_dcc",
    program="lookup.mjs",
    integrity={
        "@digitalcredentials/issuer-registry-client": (
            "sha512-uwL7xkRpeANAtJ5Cgn6FDcVCjjEA959+HPokHB4IzV/gabnB"
            "BN1y8r3uCFwMTF6qCq30pA6+RZAhKsqMCI1SDw=="
        ),
        "issuer-registry-client-stable": (
            "sha512-RY5F9aCx1MU/Iw2fW/CzMEAF1AMbWXyVb8E52kUlwfCqqfIQ"
            "dG+5nzYK3HGlcHGZgexkQyQOcg2HtaLE9s8WSg=="
        ),
    },
)
