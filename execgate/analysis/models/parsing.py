"""Texts that are taken apart into named parts, and templates that are filled in."""

from __future__ import annotations

import urllib.parse
from string import Template

import libcst as cst

from execgate.analysis import escaping, folding
from execgate.analysis.machine import Machine
from execgate.analysis.models import modelling
from execgate.analysis.values import Anything, Args, Const, Map, Obj, Value, alternatives, derived, union

URL = "urllib.parse.ParseResult"
TEMPLATE = "string.Template"

_PARTS = (
    "scheme",
    "netloc",
    "path",
    "params",
    "query",
    "fragment",
    "hostname",
    "port",
    "username",
    "password",
)


def _parsed(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    """Return the parts of a URL, each by its name, where all of it is known."""
    del m, node
    results: list[Value] = []
    for alternative in alternatives(args.get(0) or Const("")):
        try:
            known = (
                alternative.value if isinstance(alternative, Const) and len(args.positional) == 1 else None
            )
            parts = urllib.parse.urlparse(known) if isinstance(known, str) else None
            fields = {name: Const(getattr(parts, name)) for name in _PARTS} if parts is not None else {}
        except ValueError:
            fields = {}
        if fields:
            results.append(Obj(URL, {**fields, "url": alternative}))
        else:
            results.append(derived("it is a part of a URL that is not known", [alternative]))
    return union(results)


def url_method(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    """Return what a method of the parts of a URL gives."""
    if name == "geturl":
        return receiver.fields["url"]
    escaping.let_go(m, args.values(), node)
    return derived(f"it is the result of `{name}`", [receiver, *args.values()])


def _template(m: Machine, args: Args, node: cst.CSTNode) -> Value:
    del m, node
    return Obj(TEMPLATE, {"template": args.get(0) or Anything("it is the text of no template")})


def template_method(m: Machine, receiver: Obj, name: str, args: Args, node: cst.CSTNode) -> Value:
    """Return what filling in a template gives, where it and all that goes in is constant."""
    text = receiver.fields.get("template")
    if name not in {"substitute", "safe_substitute"} or text is None:
        escaping.let_go(m, args.values(), node)
        return modelling.ANY_TEXT

    def fill(template: str, mapping: object = (), /, **values: object) -> str:
        return str(getattr(Template(template), name)(mapping, **values))

    given = args.positional or [Map()]
    known = folding.constant(m, fill, Args([text, *given], args.keywords, args.rest, args.others))
    return known if known is not None else modelling.ANY_TEXT


FUNCTIONS: dict[str, modelling.Model] = {
    "urllib.parse.urlparse": _parsed,
    "urllib.parse.urlsplit": _parsed,
    "string.Template": _template,
}
"""Where the values go that these functions are given."""
