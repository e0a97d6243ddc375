"""Journeys: messages that follow from what a guest does."""
