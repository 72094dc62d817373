"""Machine clients and what they ask: who may be registered, and whose request for a token holds.

Pure: it reads no clock, no database and no network. `clients` says who may have which scopes and
keys, `assertion` whether a client is who it says, `asking` what a token request may look like,
`granting` what is in the token, `rotation` which key signs it, and `metadata` what others are told
of all that.
"""
