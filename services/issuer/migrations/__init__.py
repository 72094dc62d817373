"""How the issuer's database came to be, step by step."""
