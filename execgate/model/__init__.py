"""Frozen values that every room shares; the standard library only."""
