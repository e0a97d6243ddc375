"""Planning: calendar, budget, sample sizes, plans and the log of experiments."""
