"""Why a document sealed with JAdES (ETSI TS 119 182-1) is not read: one error for each rule.

Apart from reading, because pages explain them too.
"""

from typing import Final

from shared.proofs import ProofRefusedError


class JadesRefusedError(ProofRefusedError):
    """The seal is not one we read: a JAdES signature of one certificate over all of its content."""

    code = "jades-refused"
    dutch = "Het zegel is er geen dat wij lezen: één JAdES-handtekening over de hele inhoud."


class NotSealedError(JadesRefusedError):
    """There is no seal under it."""

    code = "jades-none"
    dutch = "Er staat geen zegel onder."


class SeveralSealsError(JadesRefusedError):
    """There is more than one seal under it, and we cannot say which counts."""

    code = "jades-several"
    dutch = "Er staat meer dan één zegel onder, en we kunnen niet zeggen welk telt."


class SealHeaderRefusedError(JadesRefusedError):
    """The beginning of the seal cannot be read, or says something outside the seal."""

    code = "jades-header"
    dutch = "Het begin van het zegel is niet te lezen, of zegt iets buiten het zegel om."


class KeyElsewhereError(JadesRefusedError):
    """The seal has its key or certificate somewhere else; we fetch nothing."""

    code = "jades-key-elsewhere"
    dutch = "De sleutel of het certificaat van het zegel staat ergens anders; wij halen niets op."


class DetachedError(JadesRefusedError):
    """The seal is of content that is somewhere else (`sigD`)."""

    code = "jades-detached"
    dutch = "Het zegel gaat over inhoud die ergens anders staat (`sigD`)."


class UnknownDemandError(JadesRefusedError):
    """The seal demands something that we do not know (`crit`)."""

    code = "jades-crit"
    dutch = "Het zegel eist iets wat wij niet kennen (`crit`)."


class SealAlgorithmRefusedError(JadesRefusedError):
    """The seal uses an algorithm that is not allowed here, or another than its key is for."""

    code = "jades-alg"
    dutch = "Het zegel gebruikt een algoritme dat hier niet mag, of dat niet bij de sleutel hoort."


class SealCertificateRefusedError(JadesRefusedError):
    """The certificate of the seal is missing, cannot be read, or is not the one it names."""

    code = "jades-certificate"
    dutch = "Het certificaat van het zegel ontbreekt, is niet te lezen, of is een ander."


class SealMomentRefusedError(JadesRefusedError):
    """The seal does not say when it was made, or not in a way that can be read."""

    code = "jades-moment"
    dutch = "Het zegel zegt niet wanneer het is gezet, of niet zo dat het te lezen is."


class StampOfAnotherError(JadesRefusedError):
    """The time stamp in the seal is of something else."""

    code = "jades-stamp"
    dutch = "Het tijdstempel in het zegel is van iets anders."


class SealedContentRefusedError(JadesRefusedError):
    """What was sealed is not one well-formed JSON object of a size that is read here."""

    code = "jades-payload"
    dutch = "Wat is verzegeld, is te groot of is geen welgevormd JSON-object."


REFUSALS: Final = (
    JadesRefusedError,
    NotSealedError,
    SeveralSealsError,
    SealHeaderRefusedError,
    KeyElsewhereError,
    DetachedError,
    UnknownDemandError,
    SealAlgorithmRefusedError,
    SealCertificateRefusedError,
    SealMomentRefusedError,
    StampOfAnotherError,
    SealedContentRefusedError,
)
"""Every way in which a seal can be one we do not read."""
