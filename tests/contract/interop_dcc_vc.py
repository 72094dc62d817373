"""The DCC's makers and verifiers; asked to `issue`, `present`, `verify` and, as a whole, `check`.

`vc` makes and believes embedded proofs; `verifier-core` is what their verifier asks: it finds the
issuer's key and the registry by itself, at the addresses it is given pages of.
"""

from pathlib import Path
from typing import Final

from tests.support.npm import NodeProgram

DCC_VC: Final = NodeProgram(
    sources=Path(__file__).parent / "js_dcc_vc",
    program="prove.mjs",
    integrity={
        "@digitalcredentials/data-integrity": (
            "sha512-vk8nFmkdQfOf6VvJk2lw6tIdORI8r4rOrxYZvb1pBh/1d+IJ"
            "7O6csnXJUmmQA2UJ6dwfxFuFyADORgc2ZYb4iA=="
        ),
        "@digitalcredentials/ed25519-multikey": (
            "sha512-BXgNEX42a1EwnUantP6Po7yt43BamajrzVIvips6/egcQIFf"
            "XFHwl8yBvmPndsNY1Q9HKv/b743Nl5C3HEt8PA=="
        ),
        "@digitalcredentials/eddsa-rdfc-2022-cryptosuite": (
            "sha512-tLebsSZGTqGu6VxGjxv8g18NuBmRxew20WgaIxaBoWpLr2cb"
            "WDKKkTs40nWWLQPhm/UPC7x4XWkkIWZq33K4eg=="
        ),
        "@digitalcredentials/vc": (
            "sha512-Mmts8WtAQmgdrSurQv+SFZNozNgvPzsruWQNIBlmfrlJ7QSy"
            "CoO7jybSnq43EuLm3UcqyqSb2mLHwAza310mhw=="
        ),
        "@digitalcredentials/verifier-core": (
            "sha512-DjnQy2s+DD3iqyXq1U/3+PPbStSFbcUSPUEtqP0xqigRYwGs"
            "2B4SZWPwLTwR2Wo/JD68W3r5KQTrfokz8RoBDg=="
        ),
    },
)
