"""How a hotel looks after a complaint: its business hours, who gets which case, words that alarm, and what cases come from."""
