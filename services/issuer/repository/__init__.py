"""Every question the issuer asks its database; records of the domain come out.

Split by subject: what we copied from the catalogue, awards, and the issuers' keys and lists.
"""
