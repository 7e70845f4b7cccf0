"""The image for work with data: libraries as a layer of their own over the base, ready to be imported."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from execgate.sandbox.image import archive
from execgate.sandbox.image.complete import FOLDER
from execgate.sandbox.image.facts import Facts
from execgate.sandbox.image.recipe import Recipe
from execgate.sandbox.image.wayfailed import WayFailedError
from execgate.sandbox.packages.index import Index, PackageError, Target, fetch, resolve
from execgate.sandbox.packages.requirement import Requirement, parse
from execgate.sandbox.packages.wheel import WheelError, unpack

DATA_SCIENCE = "data-science"


def places(facts: Facts) -> tuple[str, ...]:
    """Return the folders of the image that the layer is below, relative to the root."""
    return facts.site.strip("/"), f"{FOLDER}/fonts"


def bring(
    recipe: Recipe, facts: Facts, index: Index, scratch: Path, on_progress: Callable[[str], None]
) -> Path:
    """Return a folder below `scratch` with the libraries as they lie in the root; raises WayFailedError."""
    wanted = [found for found in map(parse, recipe.data_science) if found is not None]
    target = Target(facts.python, facts.libc)
    on_progress(f"sandbox image: fetching {', '.join(map(str, wanted))} from {index}")
    root = scratch / "library"
    for name in places(facts):
        (root / name).mkdir(parents=True)
    try:
        lay_out(wanted, index, target, root / places(facts)[0])
    except PackageError as error:
        raise WayFailedError(error.line) from error
    except WheelError as error:
        raise WayFailedError(str(error)) from error
    archive.normalise(root)
    return root


def lay_out(wanted: list[Requirement], index: Index, target: Target, folder: Path) -> None:
    """Unpack what is wanted, with all that it needs, into `folder`; raises PackageError and WheelError."""
    wheels = resolve(wanted, index, target, ())
    with tempfile.TemporaryDirectory(prefix="execgate-") as fetched:
        for file in fetch(wheels, index, target, Path(fetched)):
            unpack(file, folder)
