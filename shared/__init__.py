"""What the services share: errors, contracts, proofs and the runtime; none of it knows a service."""
