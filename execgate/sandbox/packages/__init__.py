"""Packages that programs may install: fetched by the gate, as layers that are mounted read-only."""
