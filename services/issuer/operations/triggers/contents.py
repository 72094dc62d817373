"""What associations say, under seal: how it is named, opened, and compared without being opened."""

from uuid import UUID, uuid4

from services.issuer.domain import Learner
from services.issuer.domain.triggers import (
    Association,
    AssociationKind,
    AssociationRefusedError,
)
from services.issuer.operations.desk import Desk
from services.issuer.repository.triggers import KeptAssociation
from services.issuer.schemas.associations import AssociationBody
from shared.proofs.pseudonyms import IdentifierRefusedError
from shared.proofs.sealing import open_sealed


def key_name(organisation: str, association_id: UUID) -> str:
    """Return what the key of an association is bound to."""
    return f"association|{organisation}|{association_id}"


def content_context(association_id: UUID) -> bytes:
    """Return what the content of an association is sealed to."""
    return f"association-content|{association_id}".encode()


def mark_of(desk: Desk, content: bytes) -> bytes:
    """Return what tells a content from another, and cannot be tried out name by name."""
    return desk.blind(b"association|" + content)


def read_content(desk: Desk, kept: KeptAssociation) -> bytes:
    """Open what an association says."""
    if kept.wrapped_key is None or kept.sealed_content is None:
        return b"{}"
    key = desk.key_of(key_name(kept.organisation, kept.association_id), kept.wrapped_key)
    return open_sealed(kept.sealed_content, key=key, context=content_context(kept.association_id))


def open_association(desk: Desk, kept: KeptAssociation) -> Association:
    """Return what an association says, in the words of the domain; or raise what is wrong."""
    body = AssociationBody.model_validate_json(read_content(desk, kept))
    return body.as_association(kept.association_id, kept.kind)


def pseudonym_in(desk: Desk, body: AssociationBody) -> str:
    """Return by which name an erasure finds who an association is about; '' if it names nobody."""
    try:
        learner = body.as_association(uuid4(), AssociationKind.COURSE).learner
        return desk.pseudonym_of(learner.identifier) if learner.identifier else ""
    except IdentifierRefusedError:
        return ""
    except AssociationRefusedError:
        return _pseudonym_of_address(desk, body)


def _pseudonym_of_address(desk: Desk, body: AssociationBody) -> str:
    """Also who cannot be awarded anything, for want of a name, can be erased."""
    person = body.person
    learner = Learner(email=person.email if person else None)
    try:
        return desk.pseudonym_of(learner.identifier) if learner.identifier else ""
    except IdentifierRefusedError:
        return ""


def marks_of(desk: Desk, association: Association) -> bytes:
    """Return a mark of the result and one of the name, to tell later which of them changed."""
    result = f"{association.score}|{association.decided_on}".encode()
    name = (association.learner.full_name or "").encode()
    return mark_of(desk, b"result|" + result) + mark_of(desk, b"name|" + name)
