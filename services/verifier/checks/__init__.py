"""The ten numbered checks a credential must pass; pure: what they need to know is handed to them.

 1. parse      size, compact JWS, canonical base64url, strict JSON (RFC 7515 §3.1, §7.1; RFC 7493)
 2. profile    ES256 and four header members only, `typ`, contexts, types, no envelope, no
               selective disclosure (OB 3.0 §8.2; VC-JOSE-COSE §3.1; RFC 8725 §3; VCDM 2.0 §4.3)
 3. issuer     recognised on the day of the award, by the catalogue (DESIGN decision 3)
 4. key        the `kid` is one this issuer published, and is not in wrong hands (OB 3.0 §8.2.5)
 5. signature  made over exactly these bytes, with that key (RFC 7515 §5.2)
 6. claims     iss, jti, sub, nbf, exp equal the credential's own members; no `aud` (OB 3.0 §8.2.6)
 7. dates      begun, not ended, in order (VCDM 2.0 §4.9)
 8. schema     the strict contract, and what the catalogue published, within its policy (OB 3.0
               appendix B; DESIGN decisions 2 and 5)
 9. status     the entry's bit in a list this issuer signed (Bitstring Status List 1.0 §3.2)
10. register   the national register holds exactly this credential, and how (DESIGN decision 10)

Checks 1 and 2 are `token`, 3 to 5 `origin`, 6 and 7 `claims`, 8 `content`, 9 `status`, 10
`register`. A check is not run when an earlier one left it nothing that can be trusted.
"""
