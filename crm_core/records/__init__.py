"""What people look up and change in the record store, by domain: one function, one transaction, one audit row."""
