"""What the issuer does; one function is one operation, whoever asks for it.

Split by subject: awards, revocations, what issuers show the world, what we copy from the catalogue.
Every operation is one transaction, but for granting an award: that is an intent, a signature made
with no transaction open, and a second transaction (reliability.md 9).
"""
