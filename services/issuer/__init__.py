"""The issuer: owns awards, credentials, signing keys, status lists and learners' sealed records.

It does not own what can be earned (catalog), nor the national register of what was (registry).
"""
