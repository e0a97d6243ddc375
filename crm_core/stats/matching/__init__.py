"""Which records are one person: blocking, comparison, Fellegi–Sunter without labels, and chains of pairs."""

from crm_core.stats.matching.chains import clusters, sound_links
from crm_core.stats.matching.fitting import Model
from crm_core.stats.matching.linking import Result, match
from crm_core.stats.matching.people import COLUMNS
from crm_core.stats.matching.scoring import AUTOMATIC

__all__ = ["AUTOMATIC", "COLUMNS", "Model", "Result", "clusters", "match", "sound_links"]
