"""Shares: a credential kept at its holder's request, under a key that only the link has.

Apart from verifying, which keeps nothing. `secrets` is what a link holds and `codes` what a short
code leads to, both pure; `book` keeps shares, opens them, and ends them.
"""
