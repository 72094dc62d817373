"""HTTP bodies of the register's API; contracts are what other services hear as well."""
