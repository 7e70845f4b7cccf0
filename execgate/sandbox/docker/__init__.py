"""The Docker backend: cells are containers of an engine."""
