"""Four services and four nouns.

`catalog` says what can be earned, `issuer` awards and signs it, `registry` keeps it for decades,
and `verifier` tells anybody in seconds whether it is genuine.
"""
