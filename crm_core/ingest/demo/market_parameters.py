"""The numbers of the comparison sets, each with its mark."""
from crm_core.ingest.demo.parameters import given

OWN_REVPAR = given((66.0, 61.4), "RevPAR of the hotel in Lisbon, the year before the last and the last, EUR (lesson L13)", "A")
SET_REVPAR = given((74.0, 65.1), "The same of its comparison set", "A")
