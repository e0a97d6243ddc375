"""Pages for people without an account: plain HTML made on the server, for a phone, behind a link that works once."""
