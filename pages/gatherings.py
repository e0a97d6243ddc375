"""Events of the hotel: what is ahead, who registered and came, and what it brought; one of them opens by its address."""

from crm_core.ui import gathering, gatherings, gatherings_plan, tiles

gatherings_plan.dialog()
if (chosen := gatherings.open_id()) is not None:
    gathering.page(chosen)
elif not gatherings.anything():
    gatherings.nothing()
else:
    tiles.kpi_row(gatherings.KEYS, columns=3)
    gatherings.ahead()
    gatherings.brought()
    gatherings.held()
    gatherings.members()
