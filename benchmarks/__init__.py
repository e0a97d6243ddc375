"""Measurements run by hand; no test runs them."""
