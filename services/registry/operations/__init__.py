"""What the register does; one function is one transaction, whoever asks for it."""
