"""The demonstration: everything on one address, and one microcredential's life played for real.

It stands on all four services and on nothing of theirs but their applications and their API.
"""
