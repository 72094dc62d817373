"""What the catalogue does: one function is one transaction is one operation of the API.

By subject: `organisations`, `policies`, `microcredentials`, and `seeding`, which plays what a new
installation begins with through the other three.
"""
