"""Cells that are processes of bubblewrap, for machines without an engine."""
