"""The catalogue: organisations and their recognition, policies, and the microcredentials to earn.

It owns what can be earned and by which rules. It knows no learner, no award and no credential.
"""
