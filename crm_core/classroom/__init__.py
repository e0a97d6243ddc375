"""A class: who takes part, which lesson is on, what was answered; in a file of its own, apart from every hotel's data."""
