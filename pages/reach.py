"""Deliverability, fatigue, and when and how messages are sent."""
