"""The register's pages for people: one registration by its number, and the figures of all."""
