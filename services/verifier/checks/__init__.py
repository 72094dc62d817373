"""The thirteen numbered checks; pure: what they need to know is handed to them.

 1. container     something we read is in it, and it is one thing (OB 3.0 §5.3; appendix B)
 2. parse         size, canonical base64url, strict JSON (RFC 7515 §3.1; RFC 7493; RFC 9901 §7)
 3. profile       algorithm and header members on our lists, `typ`, pinned contexts only, types, no
                  envelope (OB 3.0 §8.2; VC-JOSE-COSE §3.1; RFC 8725 §3; VCDM 2.0 §4.3; VC-DI §2)
 4. issuer        recognised on the day of the award, by the catalogue (DESIGN decision 3)
 5. key           one this issuer published, and not in wrong hands, unless a witnessed log proof
                  shows the credential was there before (OB 3.0 §8.2.5; CID §3.3; C2SP tlog-proof)
 6. signature     made over exactly this, with that key (RFC 7515 §5.2; VC-DI §4.4; RFC 9901 §7.1)
 7. claims        iss, jti, sub, nbf, exp equal the credential's own members; no `aud` (OB 3.0
                  §8.2.6); other forms say everything once
 8. dates         begun, not ended, in order (VCDM 2.0 §4.9; RFC 7519 §4.1)
 9. schema        the strict contract, and what the catalogue published, within its policy (OB 3.0
                  appendix B; DESIGN decisions 2 and 5)
10. status        the entry's bit in a list this issuer signed (Bitstring Status List 1.0 §3.2)
11. register      the national register holds exactly this credential, and how (DESIGN decision 10)
12. endorsements  by issuers of the national list, about this, and rightly signed (OB 3.0 §9.1)
13. holder        of the person who is named, or of whoever shows it; when asked (OB 3.0 §9.3)

Checks 1 to 3 are `token`, `embedded`, `selective` and `unreadable`, one for each form, and
`presented` for what holds several; 4 to 6 `origin` with `logged`, 7 and 8 `claims`, 9 `content`, 10
`status`, 11 `register`, 12 `endorsements`, 13 `holder`. A check is not run when an earlier one left
it nothing to be trusted. A European credential is judged by `european` from its first check to its
last; `seals` says of the PDF that something came in whether it still is what was sealed.
"""
