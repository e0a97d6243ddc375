"""Which guests belong together, by rules that one can read: saved, counted, looked at, used as filter and as audience."""
from crm_core.ui import segments

segments.saved()
segments.builder()
segments.audiences()
