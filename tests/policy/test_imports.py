"""Imports: which modules the two lists permit."""

from __future__ import annotations

import pytest

from execgate.model.operation import ModuleImport, OpaqueCall
from execgate.model.values import Hole, Template, Unknown


def broken_by(constraints_broken, here, policy: str, module) -> list[str]:
    return constraints_broken(policy, ModuleImport(module=module, via="import", location=here))


ALLOWED, DISALLOWED = "allowed_imports", "disallowed_imports"


@pytest.mark.parametrize(
    ("policy", "module", "broken"),
    [
        # Without an allow list, all but the disallowed.
        ("", "os", []),
        ('disallowed_imports: ["os"]', "json", []),
        ('disallowed_imports: ["os"]', "os", [DISALLOWED]),
        ('disallowed_imports: ["os"]', "os.path", [DISALLOWED]),
        ('disallowed_imports: ["os"]', "osmium", []),
        ('disallowed_imports: ["os.path"]', "os", []),
        ('disallowed_imports: ["*"]', "json", [DISALLOWED]),
        ("disallowed_imports: []", "os", []),
        # With one, nothing but the allowed.
        ('allowed_imports: ["pandas"]', "pandas", []),
        ('allowed_imports: ["pandas"]', "pandas.io", []),
        ('allowed_imports: ["pandas"]', "pandas_evil", [ALLOWED]),
        ('allowed_imports: ["pandas"]', "evil.pandas", [ALLOWED]),
        ('allowed_imports: ["pandas.io"]', "pandas", [ALLOWED]),
        ("allowed_imports: []", "math", [ALLOWED]),
        ('allowed_imports: ["xml.etree"]', "xml.etree.ElementTree", []),
        ('allowed_imports: ["xml.etree"]', "xml.sax", [ALLOWED]),
        ('allowed_imports: ["google.cloud.*"]', "google.cloud.storage.blob", []),
        ('allowed_imports: ["google.cloud.*"]', "google.cloud", [ALLOWED]),
        ('allowed_imports: ["py*"]', "pytz", []),
        ('allowed_imports: ["py*"]', "numpy", [ALLOWED]),
        # With both, the more specific wins, and a tie is a denial.
        ('allowed_imports: ["math"] disallowed_imports: ["*"]', "math", []),
        ('allowed_imports: ["math"] disallowed_imports: ["*"]', "os", [ALLOWED, DISALLOWED]),
        ('allowed_imports: ["*"] disallowed_imports: ["os"]', "json", []),
        ('allowed_imports: ["*"] disallowed_imports: ["os"]', "os.path", [DISALLOWED]),
        ('allowed_imports: ["os"] disallowed_imports: ["os"]', "os", [DISALLOWED]),
        ('allowed_imports: ["os.path"] disallowed_imports: ["os"]', "os.path", []),
        ('allowed_imports: ["os.path"] disallowed_imports: ["os"]', "os", [ALLOWED, DISALLOWED]),
        ('allowed_imports: ["os"] disallowed_imports: ["os.path"]', "os.path", [DISALLOWED]),
        ('allowed_imports: ["os"] disallowed_imports: ["os.path"]', "os", []),
        ('allowed_imports: ["*"] disallowed_imports: ["*"]', "os", [DISALLOWED]),
        # Of patterns of which neither contains the other, the denial wins.
        ('allowed_imports: ["a*.io"] disallowed_imports: ["*b.io"]', "ab.io", [DISALLOWED]),
        ('allowed_imports: ["a*.io", "ab.io"] disallowed_imports: ["*b.io"]', "ab.io", []),
        # Names are compared as Python does.
        ('disallowed_imports: ["os"]', "\uff4f\uff53", [DISALLOWED]),
        ('disallowed_imports: ["os"]', "OS", []),
    ],
)
def test_an_import_is_judged_by_the_more_specific_entry(
    constraints_broken, here, policy, module, broken
) -> None:
    assert broken_by(constraints_broken, here, policy, module) == broken


@pytest.mark.parametrize(
    "module",
    [Unknown("it is read from a file"), Template((Hole.ANY,)), "", ".os", "a..b", "a b", "\U000107a5ueue"],
)
@pytest.mark.parametrize(
    ("policy", "broken"),
    [
        ("", []),
        ('allowed_imports: ["*"]', [ALLOWED]),
        ("disallowed_imports: []", [DISALLOWED]),
        ('disallowed_imports: ["os"]', [DISALLOWED]),
        ('allowed_imports: ["*"] disallowed_imports: ["os"]', [ALLOWED]),
    ],
)
def test_a_module_that_is_not_known_satisfies_no_list(
    constraints_broken, here, policy, broken, module
) -> None:
    assert broken_by(constraints_broken, here, policy, module) == broken


@pytest.mark.parametrize(
    ("policy", "parts", "broken"),
    [
        ('allowed_imports: ["plugins"]', ("plugins.", Hole.WORD), []),
        ('allowed_imports: ["plugins.*"]', ("plugins.", Hole.WORD, ".run"), []),
        ('allowed_imports: ["plugins.a"]', ("plugins.", Hole.WORD), [ALLOWED]),
        ('allowed_imports: ["plugins*"]', ("plugins", Hole.WORD), []),
        ('allowed_imports: ["plugins"]', ("plugins", Hole.WORD), [ALLOWED]),
        ('allowed_imports: ["plugins"]', (Hole.WORD, ".plugins"), [ALLOWED]),
        ('allowed_imports: ["*"]', (Hole.WORD,), []),
        ('disallowed_imports: ["plugins.evil"]', ("plugins.", Hole.WORD), [DISALLOWED]),
        ('disallowed_imports: ["os"]', ("o", Hole.WORD), [DISALLOWED]),
        ('disallowed_imports: ["os"]', ("plugins.", Hole.WORD), []),
        ('disallowed_imports: ["os.path"]', (Hole.WORD,), [DISALLOWED]),
    ],
)
def test_a_partly_known_module_is_all_that_it_can_be(constraints_broken, here, policy, parts, broken) -> None:
    assert broken_by(constraints_broken, here, policy, Template(parts)) == broken


@pytest.mark.parametrize(
    ("policy", "library", "broken"),
    [
        ("", "folium", []),
        ('disallowed_opaque_libraries: ["folium"]', "folium.plugins", ["disallowed_opaque_libraries"]),
        ('disallowed_opaque_libraries: ["folium"]', "foliums", []),
        ('disallowed_opaque_libraries: ["*"]', "folium", ["disallowed_opaque_libraries"]),
        ('disallowed_opaque_libraries: ["folium"]', "not a name", ["disallowed_opaque_libraries"]),
        ("", "not a name", []),
    ],
)
def test_an_opaque_call_is_allowed_unless_its_library_is_disallowed(
    constraints_broken, here, policy, library, broken
) -> None:
    operation = OpaqueCall(library=library, via="folium.Map", location=here)
    assert constraints_broken(policy, operation) == broken
