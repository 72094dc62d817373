"""The rules of the register: what may become of a registration, and how each fact is told."""
