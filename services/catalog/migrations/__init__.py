"""The catalogue's schema through time."""
