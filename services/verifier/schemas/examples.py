"""What a question and an answer look like, for the OpenAPI document.

The answer is a file, because it is long; a test compares it with what the verifier says today.
"""

import json
from importlib.resources import files
from typing import Any, Final

CREDENTIAL: Final = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6Li4uIn0.eyJAY29udGV4dCI6Wy4uLl19.c2ln"
LOG_PROOF: Final = "c2sp.org/tlog-proof@v1\nextra eyJlbnRyeSI6IuKApiJ9\nindex 0\n\n…"
ANSWER: Final[dict[str, Any]] = json.loads((files(__package__) / "example.json").read_bytes())
