"""Patterns, and how an allow list and a disallow list of them decide about a value."""
