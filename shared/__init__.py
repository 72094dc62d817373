"""What the services share: errors, contracts, proofs, the runtime; none of it knows a service."""
