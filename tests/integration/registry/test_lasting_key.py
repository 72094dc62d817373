"""A log that an ML-DSA-44 key signs beside Ed25519, for when what Ed25519 rests on falls."""

from base64 import urlsafe_b64encode

import pytest
from pydantic import SecretStr

from services.registry.operations import log
from services.registry.operations.proofs import Prover, prove
from services.registry.operations.witnesses import read_view
from shared.contracts.award import Award
from shared.proofs.checkpoints import read_checkpoint
from shared.proofs.log_proofs import read_log_proof
from shared.proofs.notes import NoteSigner, SignatureType, open_note, parse_vkey, read_note
from shared.runtime.database import Database
from tests.support.awards import an_award, granted
from tests.support.copies import hear
from tests.support.cosigners import QUANTUM_SEED
from tests.support.registering import a_sequencer, put_in_log, register_settings

pytestmark = pytest.mark.anyio

LASTING = SecretStr(urlsafe_b64encode(QUANTUM_SEED).rstrip(b"=").decode())


async def begin(register: Database, **changes: object) -> Award:
    award = an_award()
    await hear(register, granted(award))
    sequencer = a_sequencer(register, **changes)
    await log.begin_log(sequencer)
    assert await log.sequence(sequencer) == 1
    return award


async def test_both_keys_sign_every_checkpoint_and_each_is_enough(register: Database) -> None:
    await begin(register, log_lasting_key=LASTING)

    note = read_note(await log.read_checkpoint(register) or b"")

    settings = register_settings(register.url)
    keys = [parse_vkey(one) for one in (await read_view(register, settings)).vkeys]
    assert [one.kind for one in keys] == [
        SignatureType.ED25519,
        SignatureType.ML_DSA_COSIGNATURE,
    ]
    assert {one.name for one in keys} == {read_checkpoint(note.text).origin}
    for key in keys:
        [signed] = open_note(note, [key])
        assert (signed.at is None) is (key.kind is SignatureType.ED25519)


async def test_the_lasting_key_is_the_one_of_its_seed(register: Database) -> None:
    await begin(register, log_lasting_key=LASTING)

    note = read_note(await log.read_checkpoint(register) or b"")

    origin = read_checkpoint(note.text).origin
    assert open_note(note, [NoteSigner.ml_dsa(origin, QUANTUM_SEED).key])


async def test_a_proof_is_believed_for_the_lasting_key_alone(register: Database) -> None:
    award = await begin(register, log_lasting_key=LASTING)

    proof = read_log_proof(await prove(Prover(register), award.award_id, None))

    origin = read_checkpoint(proof.note.text).origin
    assert open_note(proof.note, [NoteSigner.ml_dsa(origin, QUANTUM_SEED).key])


async def test_without_it_a_checkpoint_has_one_signature(register: Database) -> None:
    await begin(register)

    note = read_note(await log.read_checkpoint(register) or b"")

    assert len(note.signatures) == 1


async def test_it_may_be_given_to_a_log_that_has_begun(register: Database) -> None:
    await begin(register)
    await hear(register, granted(an_award()))
    sequencer = a_sequencer(register, log_lasting_key=LASTING)
    await log.begin_log(sequencer)

    await log.sequence(sequencer)

    note = read_note(await log.read_checkpoint(register) or b"")
    assert len(note.signatures) == 2
    assert await put_in_log(register) == 0
