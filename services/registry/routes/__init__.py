"""The register over HTTP: registrations, the log, and how to follow it."""
