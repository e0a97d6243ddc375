"""The numbers of the comparison sets, each with its mark."""
from crm_core.ingest.demo.parameters import given

RATE_LEVELS = given({"LIS": (1., 1., .975, .907)}, "Rates of the hotel in Lisbon by year of history, against its table: new hotels opened near by (lesson L13)",
                    "A", "RevPAR 66.0 in the year before the last, 61.4 in the last")
SETS = given({"LIS": ("City centre, 4 stars", 6, 348 / 42), "GAL": ("Fort and beach, 4 stars", 5, 148 / 24)},
             "Comparison sets: name, hotels, their rooms for one of the hotel's own", "A")
INDEX = given({"LIS": (.905, .898, .892, .943), "GAL": (1.03, 1.05, 1.04, 1.055)},
              "RevPAR against the comparison set's by year of history (lesson L13: 89.2 to 94.3)", "A", "Lisbon's set: RevPAR 74.0, then 65.1")
OCCUPANCY = given({"LIS": (.70, .70, .70, .665), "GAL": (.60, .61, .61, .60)}, "Occupancy of the comparison sets by year of history", "A")
FULLEST = given(.95, "Occupancy that a comparison set has at most in a month", "A")
RIPPLE = given(.06, "A set's months differ from the season by this much, up or down", "A")
LARGEST = given((.21, .06), "Share of a set's revenue that its largest hotel has, from and by how much more", "A")
