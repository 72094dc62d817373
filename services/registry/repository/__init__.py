"""Every question the register asks its database; domain objects come out."""
