"""Receipts: what a verification came to, signed, for who must show later that it was checked.

Separate from verifying, which keeps nothing and needs no key: a receipt is made only when asked, is
kept only when asked, and holds no more of a person than who asked for it saw. `claims` says what is
in it, `making` signs it, `paper` draws it, `keeping` keeps it under seal, `routes` is its API.
"""
