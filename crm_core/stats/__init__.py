"""The hotel's statistics: pure functions, arrays in, arrays out."""
