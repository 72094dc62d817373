"""What strangers hand in, opened: pictures, PDFs, archives, tables and texts, each in its own room.

Pure, apart from the intake that calls it: bytes go in, what is inside comes out. `photos`, `pdf`,
`workbooks` and `svg` stand on parsers that a stranger feeds, so they run in a process of their own
(`python -m services.verifier.containers`), which nothing else imports.
"""
