"""What every service runs on: database, outbox and bus on one side, HTTP on the other."""
