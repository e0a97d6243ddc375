"""What the pages are made of: the shell around them, the one door to data, filters, and the parts they show."""
