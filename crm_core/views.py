"""A view: a page with its filters and choices, as it stands in the URL and as it is saved, put in a lesson or printed."""
