"""The policy language: parse, validate, evaluate."""
