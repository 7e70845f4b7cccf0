"""Source to operations; the only room that imports libcst.

The way through a text: `guard` parses it, `interpreter` follows it by the rules of `statements`,
`expressions` and `calls`, over the values of `values` in the scopes of `scopes`, with its state in `machine`.
`attributes`, `subscripts`, `iteration` and `storing` say how values hold others, `escaping` what leaves
sight, `models` what Python's own functions hand on, `folding` and `paths` what can be computed.  `effects`
turns what the catalogue says of a call into operations, with `shell`, `sql` and `urls` for the languages
inside of strings.
"""

from __future__ import annotations

from execgate.analysis.interpreter import analyze

__all__ = ["analyze"]
