"""See `pip._internal.cli.main`."""
