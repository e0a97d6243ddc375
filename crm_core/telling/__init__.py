"""Numbers and codes in words: what pages, reports and the command line say in the same way."""
