"""What properties, channels and segments are called, for links and for the words of what is kept."""
from functools import cached_property

from crm_core import views
from crm_core.records.segments import segments
from crm_core.reports.content import Source
from crm_core.ui import keeping_words
from crm_core.ui.load import load, look, view


class Names:
    """What properties, channels and segments are called in this run."""

    @cached_property
    def places(self) -> dict[int, str]:
        return load("properties", view().whole).set_index("property_id")["name"].to_dict()

    @cached_property
    def channels(self) -> dict[str, str]:
        return load("channels", view().whole).set_index("channel")["name"].to_dict()

    @cached_property
    def segments(self) -> tuple[dict, ...]:
        return tuple(look(segments, view().whole))

    @property
    def by_parameter(self) -> views.Names:
        """For links: what the codes of each parameter are called."""
        return {"properties": self.places, "channels": self.channels, "among": {row["id"]: row["name"] for row in self.segments}}

    def said(self, shown: views.View, *, days: bool = True) -> str:
        """Return in one line what a view counts."""
        return keeping_words.filters_said(shown, self.places, self.channels, {row["id"]: row["name"] for row in self.segments}, days=days)

    def problems(self, shown: views.View) -> list[str]:
        """Return what of a view does not exist here."""
        return views.problems(shown, self.places, self.channels, self.segments)

    @property
    def source(self) -> Source:
        """What reports and outcomes are made from, over all that the visitor may see."""
        here = view()
        return Source(here.warehouse, here.whole, here.currency, self.places, self.channels, self.segments)
