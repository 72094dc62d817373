"""Every question the verifier asks its database, and what it remembers of the answers for a while.

`copies` writes and reads the rows; `memory` keeps in this process what hardly ever changes.
"""
