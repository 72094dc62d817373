"""JSON with more than one meaning is refused, by the rule it breaks."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.strict_json import JsonReason, JsonRefusedError, canonical, load, load_object

REFUSED = [
    (b"", JsonReason.EMPTY),
    (b" \r\n\t", JsonReason.EMPTY),
    (b"\xef\xbb\xbf{}", JsonReason.BYTE_ORDER_MARK),
    (b'{"a": "\xff"}', JsonReason.NOT_UTF8),
    ("{}".encode("utf-16"), JsonReason.NOT_UTF8),
    (b'"\xed\xa0\x80"', JsonReason.NOT_UTF8),
    (b"[" * 5000 + b"]" * 5000, JsonReason.TOO_DEEP),
    (b'{"a":' * 65 + b"1" + b"}" * 65, JsonReason.TOO_DEEP),
    (b"[" * 200_000, JsonReason.TOO_DEEP),
    (b'{"a": 1, "a": 1}', JsonReason.DUPLICATE_KEY),
    (b'{"b": {"a": 1, "\\u0061": 2}}', JsonReason.DUPLICATE_KEY),
    (b"NaN", JsonReason.NOT_FINITE),
    (b"[Infinity]", JsonReason.NOT_FINITE),
    (b'{"a": -Infinity}', JsonReason.NOT_FINITE),
    (b"1e999", JsonReason.NUMBER_TOO_LARGE),
    (b"-1e999", JsonReason.NUMBER_TOO_LARGE),
    (b"9007199254740992", JsonReason.NUMBER_TOO_LARGE),
    (b"9" * 5000, JsonReason.NUMBER_TOO_LARGE),
    (b"0." + b"1" * 5000, JsonReason.NUMBER_TOO_LARGE),
    (b'"\\ud800"', JsonReason.LONE_SURROGATE),
    (b'{"\\udc00": 1}', JsonReason.LONE_SURROGATE),
    (b'{"a": 1', JsonReason.MALFORMED),
    (b"{'a': 1}", JsonReason.MALFORMED),
    (b"[1,]", JsonReason.MALFORMED),
    (b"[1] [2]", JsonReason.MALFORMED),
    (b"01", JsonReason.MALFORMED),
    (b"+1", JsonReason.MALFORMED),
    (b"1.", JsonReason.MALFORMED),
    (b'"\x01"', JsonReason.MALFORMED),
    (b'"\\x41"', JsonReason.MALFORMED),
    (b"]]]][[[[" * 20, JsonReason.MALFORMED),
    (b"// a comment\n{}", JsonReason.MALFORMED),
    (b"\x00", JsonReason.MALFORMED),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_text_with_no_one_meaning_is_refused_by_name(text: bytes, reason: JsonReason) -> None:
    with pytest.raises(JsonRefusedError) as refused:
        load(text)

    assert refused.value.reason is reason
    assert [fault.code for fault in refused.value.faults] == [reason]


def test_a_text_larger_than_allowed_is_refused_before_it_is_read() -> None:
    with pytest.raises(JsonRefusedError) as refused:
        load(b'"' + b"a" * 100 + b'"', max_bytes=50)

    assert refused.value.reason is JsonReason.TOO_LARGE


def test_a_refusal_never_repeats_the_text() -> None:
    with pytest.raises(JsonRefusedError) as refused:
        load(b'{"jan.jansen@example.nl": 1, "jan.jansen@example.nl": 2}')

    assert "jansen" not in f"{refused.value!r} {refused.value.faults!r}"
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_brackets_within_strings_are_no_depth() -> None:
    text = json.dumps({"a": '[{"\\' * 500})

    assert load(text) == json.loads(text)


def test_64_levels_are_read_and_65_are_not() -> None:
    assert load(b"[" * 64 + b"]" * 64)
    with pytest.raises(JsonRefusedError):
        load(b"[" * 65 + b"]" * 65)


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert load(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_an_object_is_asked_where_an_object_is_needed() -> None:
    with pytest.raises(JsonRefusedError) as refused:
        load_object(b"[]")

    assert refused.value.reason is JsonReason.NOT_AN_OBJECT


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 70 + b'"' + b'\\"' * 120_000,
        b'"' + b'\\"' * 120_000,
        b'"\\' * 100_000,
        b'[{"' * 80_000,
        b"[]" * 120_000,
        b'{"a":' * 50_000,
    ],
)
def test_no_text_takes_long_to_refuse(text: bytes) -> None:
    began = time.process_time()

    with pytest.raises(JsonRefusedError):
        load(text)

    assert time.process_time() - began < 1


TEXT = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(VALUES)
def test_what_json_can_say_is_read_as_it_was_said(value: object) -> None:
    assert load(json.dumps(value)) == value


SPELLINGS = st.sampled_from(
    [
        *(
            '"a"',
            '"b"',
            '"\\u0061"',
            '"é"',
            '"\\n"',
            '"\\u000a"',
            '"/"',
            '"\\/"',
            '"\\ud83d\\ude00"',
        ),
        *(
            "0",
            "-0",
            "-0.0",
            "1",
            "1.0",
            "1.00",
            "1e5",
            "1E5",
            "1e16",
            "1e400",
            "5e-324",
            "0.1",
            "NaN",
        ),
        *(str(2**53 - 1), str(2**53), str(-(2**53)), str(2**63), str(2**64), "9" * 30, "1e22"),
        *("true", "null", '"\\ud800"', "01", "", "0.1000000000000000055511151231257827"),
    ]
)
TEXTS = st.recursive(
    SPELLINGS,
    lambda texts: (
        st.lists(texts, max_size=4).map(lambda parts: f"[{','.join(parts)}]")
        | st.lists(
            st.tuples(st.sampled_from(['"a"', '"b"', '"\\u0061"', '"é"']), texts), max_size=4
        ).map(lambda pairs: "{" + ",".join(f"{name}:{text}" for name, text in pairs) + "}")
    ),
    max_leaves=12,
)


def read(text: str) -> str:
    try:
        return repr(load(text))
    except JsonRefusedError as refused:
        return refused.reason


@given(TEXTS)
def test_what_is_read_in_one_stroke_means_what_every_rule_says_it_means(text: str) -> None:
    # With a space before it nothing is spelled as orjson would, so the rules are asked one by one.
    assert read(text) == read(f" {text}")


def test_the_canonical_form_ignores_order_and_space() -> None:
    assert canonical(load(b'{"b": 1,  "a": "\xc3\xa9"}')) == canonical(
        load(b'{"a":"\\u00e9","b":1}')
    )
