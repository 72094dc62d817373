"""Whom the register lets others trust, in the three forms that others' verifiers read. Pure.

Apart from the signing and the database, because each form is somebody else's standard: `listing`
says who may be trusted, `dcc` writes the registry of the Digital Credentials Consortium,
`federation` the claims of OpenID Federation 1.0.
"""
