"""What goes over HTTP: `verification` is the whole answer, `shown` the credential in it."""
