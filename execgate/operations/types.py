"""What is known of objects beside what their methods do: attributes, and whose methods they inherit.

ATTRIBUTES: from an attribute of a type (or of a module) to the type of the object that it holds.
BASES: from a type to those whose methods it has too, in order.
STATEMENTS: types of statements that a program builds by calls, and what running one does to its `table`.
HELD_AS: from an attribute to the parameter that it was made from, where that has another name.
FILES: types that stand for a file that was opened, or is no file at all, where a call takes one for a path.
"""

from __future__ import annotations

ATTRIBUTES: dict[str, str] = {
    "os.environ": "os._Environ",
    "os.environb": "os._Environ",
    "importlib.machinery.ModuleSpec.loader": "importlib.abc.Loader",
    "pathlib.Path.parent": "pathlib.Path",
    "subprocess.Popen.stdin": "io.File",
    "subprocess.Popen.stdout": "io.File",
    "subprocess.Popen.stderr": "io.File",
    "sys.stdin": "io.File",
    "sys.stdout": "io.File",
    "sys.stderr": "io.File",
    "sys.__stdin__": "io.File",
    "sys.__stdout__": "io.File",
    "sys.__stderr__": "io.File",
    "io.File.buffer": "io.File",
    "io.File.raw": "io.File",
    "asyncio.subprocess.Process.stdin": "asyncio.StreamWriter",
    "asyncio.subprocess.Process.stdout": "asyncio.StreamReader",
    "asyncio.subprocess.Process.stderr": "asyncio.StreamReader",
    "requests.Response.raw": "io.File",
    "http.client.HTTPConnection.sock": "socket.socket",
}

BASES: dict[str, tuple[str, ...]] = {
    "asyncio.Task": ("asyncio.Future",),
    "code.InteractiveConsole": ("code.InteractiveInterpreter",),
    "http.client.HTTPSConnection": ("http.client.HTTPConnection",),
    "logging.handlers.BaseRotatingHandler": ("logging.Handler",),
    "multiprocessing.managers.SharedMemoryManager": ("multiprocessing.managers.BaseManager",),
    "multiprocessing.managers.SyncManager": ("multiprocessing.managers.BaseManager",),
    "pandas.Series": ("pandas.DataFrame",),
    "ssl.SSLSocket": ("socket.socket",),
    "threading.Timer": ("threading.Thread",),
    "zipfile.PyZipFile": ("zipfile.ZipFile",),
}

FILES: frozenset[str] = frozenset({"io.BytesIO", "io.File", "io.StringIO"})

HELD_AS: dict[str, str] = {
    "logging.Handler.baseFilename": "filename",
    "logging.handlers.BaseRotatingHandler.baseFilename": "filename",
    "urllib.request.Request.full_url": "url",
}

STATEMENTS: dict[str, str] = {
    "sqlalchemy.Delete": "delete",
    "sqlalchemy.Insert": "insert",
    "sqlalchemy.Select": "select",
    "sqlalchemy.Update": "update",
}
