"""The law of a loyalty programme, without a store: its rules, the ledger of points, and the tiers that follow from them."""
