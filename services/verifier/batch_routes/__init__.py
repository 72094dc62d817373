"""Batches over HTTP: for programs (`api`) and for people (`pages`), from the same bodies.

Apart from the single verification: these routes take 64 MB, and have addresses that are secret.
"""
