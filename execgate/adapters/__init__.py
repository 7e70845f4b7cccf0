"""The generations of AutoGen, imported lazily."""
