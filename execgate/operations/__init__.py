"""The catalogue: what each library call does, one file a family."""
