"""Inputs nobody thought of, for everything that reads what strangers hand in.

Each target is a small function with a sentence that must hold for whatever bytes it is given:
`parsing` is read by the service itself, `decoding` by the processes that read files, `fetching` is
what comes from elsewhere, `judging` is the whole way up to a verdict. `python -m tests.fuzz` looks
for inputs that break one (atheris, guided by coverage); `test_replay` gives each its seeds and what
was found before, without atheris.
"""
