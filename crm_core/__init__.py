"""Innsight's shared data layer: stores, marts, metrics, queries, records, ingest, charts and the user interface."""
__version__ = "0.1.0"
