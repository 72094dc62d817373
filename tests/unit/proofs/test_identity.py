"""A learner can show that a credential is theirs, by the salted hash in it."""

import hashlib

from shared.proofs.identity import hash_identity, is_identity, new_salt


def test_the_hash_is_the_one_open_badges_prescribes() -> None:
    expected = "sha256$" + hashlib.sha256(b"jo@x.nlsalt").hexdigest()

    assert hash_identity("jo@x.nl", salt="salt") == expected


def test_only_the_same_identifier_and_salt_match() -> None:
    identity_hash = hash_identity("zo\u00eb@x.nl", salt="a")

    assert is_identity("zo\u00eb@x.nl", salt="a", identity_hash=identity_hash)
    assert is_identity("zo\u00eb@x.nl", salt="a", identity_hash=identity_hash.upper())
    assert not is_identity("zo\u00eb@x.nl", salt="b", identity_hash=identity_hash)
    assert not is_identity("jo@x.nl", salt="a", identity_hash=identity_hash)
    assert not is_identity("jo@x.nl", salt="a", identity_hash="md5$\u00eb")


def test_no_two_salts_are_alike() -> None:
    assert len({new_salt() for _ in range(100)}) == 100
    assert len(new_salt()) == 32
