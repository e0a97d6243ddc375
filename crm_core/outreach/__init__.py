"""Who is written to: the lot that holds guests out, the losses on the way to a list, journeys and their simulation, files for platforms, offers."""
