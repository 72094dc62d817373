"""Verifying: whether a credential is genuine and valid, and why, for anybody, without an account.

Owns no truth of its own: it keeps copies of what the others announce and remembers nothing about
whom it checked.
"""
