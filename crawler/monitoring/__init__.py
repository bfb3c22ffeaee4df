"""Asks questions of what was recorded; records nothing."""
