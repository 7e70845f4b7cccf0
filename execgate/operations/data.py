"""Libraries that open files for others, wherever those are, or watch them."""

from __future__ import annotations

from execgate.operations.effects import Opens
from execgate.operations.entry import Table, effect, listing, read, returns

TABLE: Table = {
    "fsspec.open(urlpath, mode, **kwargs)": effect(
        Opens("urlpath", "mode", default="rb", urls=True), gives="io.File"
    ),
    "smart_open.open(uri, mode, **kwargs)": effect(Opens("uri", "mode", urls=True), gives="io.File"),
    "aiofiles.open(file, mode, **kwargs)": effect(Opens("file", "mode"), gives="io.File", keeps=("file",)),
    "toml.load(f, _dict)": read("f"),
    "jsonlines.open(file, mode, **kwargs)": effect(Opens("file", "mode"), gives="io.File"),
    "watchdog.observers.Observer(*args, **kwargs)": returns("watchdog.observers.Observer"),
    "watchdog.observers.Observer.schedule(self, event_handler, path, **kwargs)": listing("path"),
}
