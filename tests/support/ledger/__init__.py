"""A service as small as can be, with a database of its own: the runtime is tested with it."""
