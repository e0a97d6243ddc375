"""Who are our guests: found as one types, filtered, sorted, previewed, opened and exported."""
from crm_core.i18n import t
from crm_core.ui import filters, guest_list

filters.header(t("Guests"))
guest_list.search()
guest_list.listing()
