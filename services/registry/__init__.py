"""The national register: one registration per award, every version of it, and nobody's name.

It owns registrations and their history. It decides no awards, holds no learners, and signs nothing.
"""
