"""A witness of logs (C2SP tlog-witness): it cosigns what a log says it is, while that only grows.

It stands in nobody's service: an inspectorate or a university runs it on a machine of its own, with
a key and a memory of its own, and needs to trust neither the register nor who runs that.
"""
