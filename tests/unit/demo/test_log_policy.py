"""A policy says whom we believe about a log: C2SP tlog-policy, and not one line otherwise."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.demo.log_policy import NONE, PolicyRefusedError, policy_of, read_policy
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.notes import NoteForgedError, NoteSigner, SignatureType, sign_note
from tests.support.cosigners import LOG, QUANTUM, WITNESS


def a_witness(name: str) -> NoteSigner:
    return NoteSigner.ed25519(name, Ed25519SigningKey.generate(), SignatureType.COSIGNATURE)


WITNESSES = [a_witness(f"{letter}{number}.example") for letter in "XY" for number in (1, 2, 3)]
TWO_LEVELS = f"""
# Two organisations, each with three witnesses.
log {LOG.key.vkey} https://register.example.nl

witness X1 {WITNESSES[0].key.vkey}
\twitness X2\t{WITNESSES[1].key.vkey}   https://x2.example
witness X3 {WITNESSES[2].key.vkey}
group X-witnesses 2 X1 X2 X3

witness Y1 {WITNESSES[3].key.vkey}
witness Y2 {WITNESSES[4].key.vkey}
witness Y3 {WITNESSES[5].key.vkey}
group Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def test_groups_of_groups_count_as_they_say() -> None:
    policy = read_policy(TWO_LEVELS.encode())
    names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]

    for count in range(7):
        for chosen in itertools.combinations(names, count):
            of_x = sum(name.startswith("X") for name in chosen)
            assert policy.is_met(chosen) == (of_x >= 2 and count > of_x)
    assert policy.logs == (LOG.key,)
    assert [*policy.witnesses] == names


def test_a_quorum_is_one_witness_or_none_at_all() -> None:
    one = read_policy(f"witness w {WITNESS.key.vkey}\nquorum w\n".encode())
    none = read_policy(b"quorum none\n")

    assert (one.is_met([]), one.is_met(["w"])) == (False, True)
    assert none.is_met([])
    assert none.quorum == NONE


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_so_many_of_these_witnesses_is_a_policy_too(
    witnesses: int, quorum: int, cosigned: int
) -> None:
    keys = [one.key.vkey for one in WITNESSES[:witnesses]]
    if quorum > witnesses:
        with pytest.raises(PolicyRefusedError):
            policy_of([LOG.key.vkey], keys, quorum)
        return
    policy = policy_of([LOG.key.vkey], keys, quorum)
    names = [*policy.witnesses][:cosigned]
    assert policy.is_met(names) == (len(names) >= quorum)


def test_without_a_number_every_witness_is_asked_for() -> None:
    policy = policy_of([LOG.key.vkey], [WITNESS.key.vkey, QUANTUM.key.vkey], None)

    assert not policy.is_met(["w0"])
    assert policy.is_met(["w0", "w1"])


def test_who_cosigned_is_told_by_the_keys_and_a_false_one_is_refused() -> None:
    text = "register.example.nl/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    other = text.replace("\n1\n", "\n2\n")
    policy = read_policy(TWO_LEVELS.encode())
    note = sign_note(text, LOG)

    assert policy.cosigners(note) == set()
    signed = note.with_signatures(WITNESSES[number].cosign(text, at=1) for number in (1, 5))
    assert policy.cosigners(signed) == {"X2", "Y3"}
    false = note.with_signatures([WITNESSES[1].cosign(other, at=1)])
    with pytest.raises(NoteForgedError):
        policy.cosigners(false)


VKEY = WITNESS.key.vkey


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["quorum none", "quorum none"],
        ["quorum w"],
        ["nonsense"],
        ["log"],
        ["log nonsense", "quorum none"],
        [f"log {VKEY}", "quorum none"],
        [f"log {LOG.key.vkey}", f"log {LOG.key.vkey}", "quorum none"],
        [f"witness w {LOG.key.vkey}", "quorum none"],
        [f"witness none {VKEY}", "quorum none"],
        [f"witness a {VKEY}", f"witness b {VKEY}", "quorum none"],
        [f"witness a {VKEY}", f"witness a {QUANTUM.key.vkey}", "quorum none"],
        [f"witness a {VKEY}", "group a any a", "quorum none"],
        [f"witness a {VKEY}", "group g any", "quorum none"],
        [f"witness a {VKEY}", "group g 0 a", "quorum none"],
        [f"witness a {VKEY}", "group g 2 a", "quorum none"],
        [f"witness a {VKEY}", "group g 01 a", "quorum none"],
        [f"witness a {VKEY}", "group g some a", "quorum none"],
        [f"witness a {VKEY}", "group g all a a", "quorum none"],
        [f"witness a {VKEY}", "group g all none", "quorum none"],
        [f"witness a {VKEY}", "group g any a", "group h any a", "quorum none"],
        ["group g any a", f"witness a {VKEY}", "quorum none"],
        [f"witness a {VKEY}", "quorum g", "group g any a"],
        ["quorum none\r"],
        ["quorum\u00a0none"],
    ],
)
def test_every_other_line_is_refused(lines: Sequence[str]) -> None:
    with pytest.raises(PolicyRefusedError):
        read_policy("".join(f"{line}\n" for line in lines).encode())
