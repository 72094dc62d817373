"""The tests: units without input or output, services on real servers, contracts, whole lives."""
