"""npm `@digitalbazaar/vc` with its suites; it can be asked to `issue`, `present` and `verify`."""

from pathlib import Path
from typing import Final

from tests.support.npm import NodeProgram

DATA_INTEGRITY: Final = NodeProgram(
    sources=Path(__file__).parent / "js_data_integrity",
    program="prove.mjs",
    integrity={
        "@digitalbazaar/vc": (
            "sha512-liPd4fCQYGXB3aTUY7XNt2A41EGwwdCJdqQvOjXp1ySwLptv"
            "ifOYA/EvlViJfFgjDeU5DaSEeB+2V1/BY6oMHA=="
        ),
        "@digitalbazaar/data-integrity": (
            "sha512-ohIieLfgtPQU9BYfj0eKNiz55/ZDOk5YSE9FN/Hn0eXzI8WQ"
            "zLkzRvC8pvBnzuzXDgCsjPdSqYvzok5PoClMBQ=="
        ),
        "@digitalbazaar/ecdsa-multikey": (
            "sha512-Xo4oBCb0bJv6PYNBrLBZfR/jA2uNd9Bi+YTnadFtxTbhMQrS"
            "N0nTw3OnTBOOC7zxtL3t4N00ZweQM4zhsV6gVQ=="
        ),
        "@digitalbazaar/ecdsa-rdfc-2019-cryptosuite": (
            "sha512-Rhg++GnGWHJ29QyWTFW0tRqd/uGLADIsLVEq10zEIAY7D9Sc"
            "oSLtyYzwZ/zBueBTXHXrtDUEL5SfrSvcKTLFyg=="
        ),
        "@digitalbazaar/ed25519-multikey": (
            "sha512-55qIbOaAyswVCFfZ70ap7SN2bDSwYmcVbUtGCrpVF/CjuJ8I"
            "Pqf6z8fDPJzB+CE7Q896SaZlcDukz4LOwIRCPA=="
        ),
        "@digitalbazaar/eddsa-rdfc-2022-cryptosuite": (
            "sha512-IcxYKnxYEaJ1xLEcsddIYb+ooQPQ8pM54NKDDH5eDpF8pEY5"
            "E/dqrkJv+o6yHUuoXDjwjhvPQSj6nE0rF32Q/w=="
        ),
    },
)
