"""Who are our guests: found as one types, filtered, sorted, previewed, opened and exported."""
from crm_core.ui import guest_list

guest_list.search()
guest_list.listing()
