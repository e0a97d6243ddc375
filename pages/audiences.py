"""Audiences: who may be written to, who not and why, and who is held out."""
