"""Questions in SQL: a child process asks scoped views of the warehouse, read-only and within limits."""
