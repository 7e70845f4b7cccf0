"""The environment of the process; `os.environ` itself is an object of type `os._Environ`."""

from __future__ import annotations

from execgate.operations.effects import Environment, Files
from execgate.operations.entry import Table, effect, nothing, read, stat

READ = effect(Environment("read", "key"))
WRITE = effect(Environment("write", "key"))
LIST = effect(Environment("list"))

TABLE: Table = {
    "os.getenv(key, default)": READ,
    "os.getenvb(key, default)": READ,
    "os.putenv(name, value)": effect(Environment("write", "name")),
    "os.unsetenv(name)": effect(Environment("write", "name")),
    "os.get_exec_path(env)": effect(Environment("read", fixed=("PATH",))),
    "os._Environ.__getitem__(self, key)": READ,
    "os._Environ.__contains__(self, key)": READ,
    "os._Environ.__setitem__(self, key, value)": WRITE,
    "os._Environ.__delitem__(self, key)": WRITE,
    "os._Environ.__iter__(self)": LIST,
    "os._Environ.__len__(self)": nothing(),
    "os._Environ.__or__(self, other)": LIST,
    "os._Environ.__ror__(self, other)": LIST,
    "os._Environ.__ior__(self, other)": effect(Environment("write", mapping="other")),
    "os._Environ.get(self, key, default)": READ,
    "os._Environ.pop(self, key, default)": effect(Environment("read", "key"), Environment("write", "key")),
    "os._Environ.popitem(self)": effect(Environment("list"), Environment("write")),
    "os._Environ.setdefault(self, key, value)": effect(
        Environment("read", "key"), Environment("write", "key")
    ),
    "os._Environ.update(self, other, **kwds)": effect(
        Environment("write", mapping="other"), Environment("write", mapping="kwds")
    ),
    "os._Environ.clear(self)": effect(Environment("write")),
    "os._Environ.copy(self)": LIST,
    "os._Environ.items(self)": LIST,
    "os._Environ.keys(self)": LIST,
    "os._Environ.values(self)": LIST,
    # settings from files
    "dotenv.load_dotenv(dotenv_path, stream, verbose, override, interpolate, encoding)": effect(
        Files("read", ("dotenv_path",), ".env"), Environment("write")
    ),
    "dotenv.dotenv_values(dotenv_path, stream, verbose, interpolate, encoding)": read(
        "dotenv_path", default=".env"
    ),
    "dotenv.find_dotenv(filename, raise_error_if_not_found, usecwd)": stat("filename", default=".env"),
    "dotenv.get_key(dotenv_path, key_to_get, encoding)": read("dotenv_path"),
    "dotenv.set_key(dotenv_path, key_to_set, value_to_set, quote_mode, export, *args, **kwargs)": effect(
        Files("read", ("dotenv_path",)), Files("write", ("dotenv_path",))
    ),
    "dotenv.unset_key(dotenv_path, key_to_unset, quote_mode, encoding, follow_symlinks)": effect(
        Files("read", ("dotenv_path",)), Files("write", ("dotenv_path",))
    ),
}
