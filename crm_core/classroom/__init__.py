"""A class: who takes part, what is on the screen, who answered what, in a small database of its own beside the stores."""
