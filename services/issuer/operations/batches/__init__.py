"""Batches of awards: a file comes in, is checked, agreed to, run, followed, forgotten. By stage.

`workshop` is where processors work (reading, drafting, signing) while the event loop goes on; a
transaction is a whole slice of rows everywhere, never a row.
"""
