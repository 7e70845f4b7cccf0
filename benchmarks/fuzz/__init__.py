"""Programs changed at random, and changed without changing what they do: `python -m benchmarks.fuzz`."""
