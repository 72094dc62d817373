"""The issuer over HTTP: awards for their organisation, keys and status lists for everybody."""
