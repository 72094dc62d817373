"""The words of the field, for a fuzzer that would take days to spell them.

Apart from the targets, because every format here is written in the same few words.
"""

from typing import Final

_JOSE: Final = "alg kid typ cty crit b64 jwk jku x5c none ES256 RS256 EdDSA HS256 JWT vc+jwt vp+jwt"
_SD_JWT: Final = "_sd _sd_alg ... cnf vct sha-256 sha-384 dc+sd-jwt vc+sd-jwt kb+jwt sd_hash nonce"
_CLAIMS: Final = "iss jti sub nbf exp iat aud vc vp status status_list idx uri"
_MEMBERS: Final = (
    "@context @id @type @value @language @graph @set @list @nest @included @reverse @json @none id "
    "type issuer name validFrom validUntil awardedDate proof credentialSubject credentialStatus "
    "credentialSchema evidence refreshService termsOfUse endorsement endorsementJwt holder "
    "verifiableCredential verifiablePresentation statusListIndex statusListCredential "
    "statusPurpose revocation suspension achievement creditsEarned identifier identityHash hashed "
    "salt result DataIntegrityProof eddsa-rdfc-2022 ecdsa-rdfc-2019 created expires "
    "verificationMethod proofPurpose assertionMethod authentication proofValue previousProof "
    "challenge domain badge recipient verification credential payload signatures"
)
_TYPES: Final = (
    "VerifiableCredential VerifiablePresentation OpenBadgeCredential AchievementCredential "
    "EnvelopedVerifiableCredential EndorsementCredential BitstringStatusListEntry Achievement "
    "NLMicrocredential EuropeanDigitalCredential Assertion HostedBadge did:web: did:key:z did:jwk:"
)
_ADDRESSES: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://w3id.org/openbadges/v2",
    "http://data.europa.eu/snb/model/context/edc-ap",
    "https://verifier.waarmerk.example/s/7Q4K#",
    "data:application/vc+jwt,",
    "data:application/dc+sd-jwt,",
    "urn:uuid:",
    "2026-01-15T09:30:00Z",
    "9999-12-31T23:59:60+14:00",
)
_FILES: Final = (
    "IHDR iTXt tEXt zTXt IDAT IEND acTL openbadgecredential openbadges %PDF-1.7 PK <svg xmlns "
    "/Type /Pages /Kids /EmbeddedFiles /ByteRange endobj endstream startxref %%EOF /ObjStm "
    "/Filter <openbadges:credential <![CDATA[ ]]> <!DOCTYPE <!ENTITY <script href= url( "
    "javascript: verify= <row> <c <v> inlineStr sharedStrings xl/workbook.xml word/document.xml "
    "../ .. __MACOSX/ sep="
)
_ODD: Final = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"RIFF\0\0\0\0WEBP",
    b"GIF89a",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x06\x07",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\\ud800",
    b"\\udc00",
    b"\\u0000",
    b"1e400",
    b"-0",
    b"NaN",
    b"9007199254740993",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"~",
    b".",
    b"eyJ",
    b"#1",
    b"#2",
    b"\n",
    b"\0",
    b"\xe2\x80\xae",
    b"7Q4K-M2XD-9HT7",
)


def dictionary() -> str:
    """Write all of them as libFuzzer reads a dictionary: one a line, between quotes."""
    said = f"{_JOSE} {_SD_JWT} {_CLAIMS} {_MEMBERS} {_TYPES} {_FILES}".split()
    words = [*(word.encode() for word in (*said, *_ADDRESSES)), *_ODD]
    return "".join(f'"{_spelled(word)}"\n' for word in dict.fromkeys(words))


def _spelled(word: bytes) -> str:
    return "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\x{byte:02x}" for byte in word
    )
