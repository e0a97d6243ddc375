"""One campaign: what it caused, for whom, what it cost, and its people."""
