"""The systems whose exports are known: one small module each, with their headers, their words and what is derived from them."""
