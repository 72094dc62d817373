"""Counting verifications: per day for everybody, per award and month for its holder only.

`counter` counts in memory and writes it down every few seconds; `telling` and `routes` tell it.
"""
