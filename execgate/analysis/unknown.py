"""Methods of objects of which nothing is known: judged by their names, where a name tells.

Capabilities that reach an unknown object are judged when they go, so what is left are objects that a library
made.  `get` or `read` say nothing of them; `write_text` or `unlink` do.
"""

from __future__ import annotations

import re
from dataclasses import replace

import libcst as cst

from execgate.analysis import effects, escaping, texts
from execgate.analysis.effects import data as data_effects
from execgate.analysis.effects import network as network_effects
from execgate.analysis.effects.site import Site
from execgate.analysis.machine import Machine
from execgate.analysis.values import Anything, Args, Obj, Str, Value, alternatives, derived
from execgate.model.values import Hole
from execgate.operations import lookup
from execgate.operations.effects import Files
from execgate.operations.entry import Entry

TELLING: dict[str, str] = {
    qualified.rpartition(".")[2]: qualified
    for qualified in """
    pathlib.Path.write_text pathlib.Path.write_bytes pathlib.Path.read_text pathlib.Path.read_bytes
    pathlib.Path.unlink pathlib.Path.rmdir pathlib.Path.symlink_to pathlib.Path.hardlink_to
    pathlib.Path.rglob shutil.rmtree shutil.copytree shutil.copyfile shutil.copy2 shutil.make_archive
    shutil.unpack_archive os.makedirs os.removedirs os.symlink os.chown os.chroot os.scandir os.listdir
    os.mkfifo zipfile.ZipFile.extractall tempfile.mkstemp tempfile.mkdtemp tempfile.NamedTemporaryFile
    os.system os.popen os.execv os.execve os.execvp os.execvpe os.execl os.execle os.execlp os.execlpe
    os.spawnl os.spawnle os.spawnlp os.spawnv os.spawnve os.spawnvp os.posix_spawn os.posix_spawnp
    os.startfile subprocess.check_output subprocess.check_call subprocess.getoutput
    subprocess.getstatusoutput subprocess.Popen asyncio.create_subprocess_exec
    asyncio.create_subprocess_shell asyncio.AbstractEventLoop.subprocess_exec
    asyncio.AbstractEventLoop.subprocess_shell os.putenv os.unsetenv os.getenv os.setuid os.setgid
    os.seteuid os.setegid os.killpg os.pidfd_open urllib.request.urlopen urllib.request.urlretrieve
    socket.create_connection socket.socket.connect_ex ftplib.FTP.retrbinary
    ftplib.FTP.storbinary ftplib.FTP.storlines asyncio.AbstractEventLoop.create_server
    asyncio.open_connection asyncio.start_server importlib.import_module runpy.run_path runpy.run_module
    ctypes.CDLL sqlite3.Connection.load_extension sys._getframe sys.settrace sys.setprofile yaml.unsafe_load
    pickle.Unpickler sqlite3.Connection.executescript pandas.read_csv pandas.read_excel pandas.read_pickle
    pandas.read_parquet pandas.read_sql pandas.read_html pandas.DataFrame.to_csv pandas.DataFrame.to_excel
    pandas.DataFrame.to_json pandas.DataFrame.to_parquet pandas.DataFrame.to_pickle pandas.DataFrame.to_sql
    pandas.DataFrame.to_feather pandas.DataFrame.to_hdf pandas.DataFrame.to_html pandas.DataFrame.to_stata
    pandas.DataFrame.to_xml pandas.DataFrame.to_latex pandas.DataFrame.to_markdown
    matplotlib.figure.Figure.savefig numpy.ndarray.tofile numpy.savetxt numpy.savez numpy.savez_compressed
    numpy.loadtxt numpy.genfromtxt plotly.graph_objects.Figure.write_html
    plotly.graph_objects.Figure.write_image pandas.read_json pandas.read_feather pandas.read_hdf
    pandas.read_fwf pandas.read_orc pandas.read_sql_query pandas.read_sas pandas.read_stata
    pandas.DataFrame.to_orc pandas.DataFrame.to_clipboard pandas.DataFrame.to_gbq
    polars.DataFrame.write_parquet polars.DataFrame.write_ipc polars.DataFrame.write_ndjson
    polars.DataFrame.write_excel polars.LazyFrame.sink_csv polars.LazyFrame.sink_parquet
    polars.LazyFrame.sink_ndjson cv2.imread cv2.imwrite matplotlib.image.imsave
    geopandas.GeoDataFrame.to_file xarray.Dataset.to_netcdf xarray.Dataset.to_zarr
    transformers.PreTrainedModel.from_pretrained transformers.PreTrainedModel.save_pretrained
    pandas.compat._optional.import_optional_dependency pandas.io.common.get_handle
    transformers.PreTrainedModel.push_to_hub xgboost.Booster.save_model scipy.io.savemat scipy.io.loadmat
    """.split()
}
"""From a method's name to the entry that says what it does: names that nothing else is likely to have."""

_VERBS = {"get", "post", "put", "patch", "delete", "head", "options", "request"}
_STATEMENTS = {"execute", "executemany", "executescript"}


def method(m: Machine, receiver: Anything, name: str, args: Args, node: cst.CSTNode) -> Value:
    """Call a method of an object that is not known: judged by its name, where that tells."""
    if name == "hexdigest":
        return Str((Hole.WORD,))
    entry = lookup(TELLING[name]) if name in TELLING else None
    if entry is not None:
        given = args.after(receiver) if entry.parameters[:1] == ("self",) else args
        effects.perform(m, entry, given, node)
    elif name in SAVERS:
        _unknown_save(m, receiver, name, args, node)
    elif name in _VERBS:
        _unknown_verb(m, name, args, node)
    elif name in _STATEMENTS:
        _unknown_statement(m, name, args, node)
    escaping.let_go(m, args.values(), node, receiver.carries)
    return derived(f"it is the result of `{name}` of a value that is not known", [receiver, *args.values()])


def told(m: Machine, name: str, args: Args, node: cst.CSTNode) -> None:
    """Judge a call of a library that is not known by the function's name, where that tells."""
    last = name.rpartition(".")[2]
    entry = lookup(TELLING[last]) if last in TELLING else None
    if entry is not None and entry.parameters[:1] != ("self",):
        effects.perform(m, replace(entry, name=name), args, node)


def _unknown_save(m: Machine, receiver: Anything, name: str, args: Args, node: cst.CSTNode) -> None:
    """Judge `x.save("chart.png")`: pictures and workbooks are saved so, records of a database are not."""
    if any(isinstance(held, Obj) and lookup(f"{held.type}.{name}") is not None for held in receiver.carries):
        return
    value = args.get(0)
    for alternative in alternatives(value) if value is not None else ():
        written = [part for part in texts.parts_of(alternative) if isinstance(part, str)]
        if written and ("/" in "".join(written) or _SUFFIX.search(written[-1])):
            effects.perform(m, replace(SAVE, name=name), Args([alternative]), node)


_SUFFIX = re.compile(r"\.[A-Za-z]\w{0,11}$")

SAVERS = frozenset("print_figure print_pdf print_png print_svg save write_png".split())
"""Methods that write a file if what they are given is written as a path."""

SAVE = Entry("save", ("file",), (Files("write", ("file",)),))
"""What they do then."""


def _site(m: Machine, name: str, node: cst.CSTNode) -> Site:
    return Site(m, Entry(name, ()), {}, node)


def _unknown_verb(m: Machine, name: str, args: Args, node: cst.CSTNode) -> None:
    site = _site(m, name, node)
    for value in (args.get(0, "url"), args.get(1)):
        for alternative in alternatives(value) if value is not None else ():
            start = texts.parts_of(alternative)[:1]
            if start and isinstance(start[0], str) and start[0].lower().startswith(("http://", "https://")):
                for url in site.texts(alternative, "URL"):
                    network_effects.reach_url(site, url, name.upper() if name != "request" else None)


def _unknown_statement(m: Machine, name: str, args: Args, node: cst.CSTNode) -> None:
    value = args.get(0)
    if value is None:
        return
    site = _site(m, name, node)
    for alternative in alternatives(value):
        first = texts.parts_of(alternative)[:1]
        if (
            first
            and isinstance(first[0], str)
            and first[0].split()
            and first[0].split()[0].upper() in _SQL_WORDS
        ):
            data_effects.run_sql(site, alternative, None)


_SQL_WORDS = frozenset(
    """
    SELECT INSERT UPDATE DELETE CREATE DROP ALTER WITH REPLACE TRUNCATE MERGE PRAGMA ATTACH COPY CALL EXEC
    EXECUTE GRANT REVOKE VACUUM
    """.split()
)
