"""Issuers outside the national list: the keys they publish themselves, at their own address.

Apart from `checks`, because this is the only room that asks a stranger anything, and only when the
operator allows it (`foreign_issuers`). What is found makes a credential at best "rightly signed,
issuer not listed". The rules of privacy:

1. An address follows from who the issuer is: its did:web document, the JWK Set of its host, its own
   document. It never follows from which credential is checked.
2. One exception, and the last resort: an https `kid` below the issuer's own origin, without a
   query. An issuer with more than a handful of those has one for each credential, and is asked no
   further: that would tell it who is being checked.
3. An answer is kept for everybody, up to ten minutes; no cookie, no referrer, one neutral name.
4. A status list may be anywhere public, for its signature says whose it is; a query in its address
   is refused, for the list must be the same for all who are on it.

`findings` says what can come out, `methods` reads ids, `material` keys, `documents` what was
answered; these are pure. `answers` keeps, `asking` fetches, `resolving` is what the verifier calls.
"""
