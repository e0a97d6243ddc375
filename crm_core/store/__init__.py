"""The two stores: records that are written in transactions, and the warehouse that is published whole."""
