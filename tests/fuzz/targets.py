"""All targets by name: the one list of what is fuzzed and replayed."""

from collections.abc import Mapping
from typing import Final

from tests.fuzz.decoding import DECODING
from tests.fuzz.fetching import FETCHING
from tests.fuzz.judging import JUDGING
from tests.fuzz.parsing import PARSING
from tests.fuzz.sealing import SEALING
from tests.fuzz.target import Target

TARGETS: Final[Mapping[str, Target]] = {
    target.name: target for target in (*PARSING, *DECODING, *FETCHING, *SEALING, *JUDGING)
}
