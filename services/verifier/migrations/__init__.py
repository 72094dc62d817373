"""The verifier's schema through time."""
