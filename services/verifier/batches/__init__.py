"""Batches as far as rules go: their address, what is handed in, a row for each, and their files.

Pure, and apart from the checks: a batch knows only what a verdict says, never how it was reached.
"""
