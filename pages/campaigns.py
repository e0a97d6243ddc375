"""Campaigns: what each reached, what it caused, and what it earned."""
