"""Wheels from a package index: what is asked for, what is fetched, and how one is unpacked."""
