"""The one error between the ways and whoever tries them in order."""


class WayFailedError(Exception):
    """This way to an image does not work here; the text says why, in one line."""
