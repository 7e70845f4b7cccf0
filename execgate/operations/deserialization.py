"""Formats whose reading can run code."""

from __future__ import annotations

from execgate.operations.effects import Calls, Deserializes, Dynamic, Files, Reaches
from execgate.operations.entry import Table, effect, nothing, returns, write

PICKLE = effect(Deserializes("pickle"))
LOADER = effect(Deserializes("pickle"), gives="pickle.Unpickler")
SAFE_YAML = (
    "Loader=yaml.SafeLoader",
    "Loader=yaml.CSafeLoader",
    "Loader=yaml.BaseLoader",
    "Loader=yaml.CBaseLoader",
)
YAML = effect(Deserializes("yaml"))
PROFILES = ("profile.Profile", "pstats.Stats")

TABLE: Table = {
    "pickle.load(file, *, fix_imports, encoding, errors, buffers)": PICKLE,
    "pickle.loads(data, *, fix_imports, encoding, errors, buffers)": PICKLE,
    "pickle.Unpickler(file, *, fix_imports, encoding, errors, buffers)": LOADER,
    "pickle.Unpickler.load(self)": PICKLE,
    "pickle.Unpickler.find_class(self, module_name, global_name)": PICKLE,
    "pickle._load(file, *, fix_imports, encoding, errors, buffers)": PICKLE,
    "pickle._loads(s, *, fix_imports, encoding, errors, buffers)": PICKLE,
    "pickle._Unpickler(file, *, fix_imports, encoding, errors, buffers)": LOADER,
    "pickle.dump(obj, file, protocol, *, fix_imports, buffer_callback)": nothing(),
    "pickle.dumps(obj, protocol, *, fix_imports, buffer_callback)": nothing(),
    "pickle.decode_long(data)": nothing(),
    "pickle.encode_long(x)": nothing(),
    "pickle.whichmodule(obj, name)": nothing(),
    "pickle.Pickler(file, protocol, fix_imports, buffer_callback)": returns("pickle.Pickler"),
    "marshal.load(file, *, allow_code)": effect(Deserializes("marshal")),
    "marshal.loads(bytes, *, allow_code)": effect(Deserializes("marshal")),
    "marshal.dump(value, file, version, *, allow_code)": nothing(),
    "marshal.dumps(value, version, *, allow_code)": nothing(),
    "pstats.Stats(*args, stream)": effect(
        Files("read", ("args",)), Deserializes("marshal", "args", made=PROFILES), gives="pstats.Stats"
    ),
    "pstats.Stats.add(self, *arg_list)": effect(
        Files("read", ("arg_list",)), Deserializes("marshal", "arg_list", made=PROFILES), gives="pstats.Stats"
    ),
    "pstats.Stats.load_stats(self, arg)": effect(Files("read", ("arg",)), Deserializes("marshal", "arg")),
    "pstats.Stats.dump_stats(self, filename)": write("filename"),
    "tracemalloc.Snapshot.load(filename)": effect(
        Files("read", ("filename",)), Deserializes("pickle", "filename"), gives="tracemalloc.Snapshot"
    ),
    "tracemalloc.Snapshot.dump(self, filename)": write("filename"),
    "tracemalloc.take_snapshot()": returns("tracemalloc.Snapshot"),
    "dill.load(file, ignore, **kwds)": PICKLE,
    "dill.loads(str, ignore, **kwds)": PICKLE,
    "dill.load_session(filename, main, **kwds)": effect(
        Files("read", ("filename",)), Deserializes("pickle", "filename")
    ),
    "dill.load_module(filename, module, **kwds)": effect(
        Files("read", ("filename",)), Deserializes("pickle", "filename")
    ),
    "dill.dump_session(filename, main, byref, **kwds)": write("filename"),
    "dill.dump_module(filename, module, refimported, **kwds)": write("filename"),
    "dill.Unpickler(*args, **kwds)": LOADER,
    "dill.dump(obj, file, protocol, byref, fmode, recurse, **kwds)": nothing(),
    "dill.dumps(obj, protocol, byref, fmode, recurse, **kwds)": nothing(),
    "cloudpickle.load(file, *, fix_imports, encoding, errors, buffers)": PICKLE,
    "cloudpickle.loads(data, *, fix_imports, encoding, errors, buffers)": PICKLE,
    "cloudpickle.dump(obj, file, protocol, buffer_callback)": nothing(),
    "cloudpickle.dumps(obj, protocol, buffer_callback)": nothing(),
    "joblib.load(filename, mmap_mode, ensure_native_byte_order)": effect(
        Files("read", ("filename",)), Deserializes("pickle", "filename")
    ),
    "joblib.dump(value, filename, compress, protocol)": write("filename"),
    "pandas.read_pickle(filepath_or_buffer, compression, storage_options)": effect(
        Files("read", ("filepath_or_buffer",), urls=True),
        Deserializes("pickle", "filepath_or_buffer"),
        gives="pandas.DataFrame",
    ),
    "numpy.load(file, mmap_mode, allow_pickle, fix_imports, encoding, *, max_header_size)": effect(
        Files("read", ("file",)), Deserializes("pickle", "file", when="allow_pickle")
    ),
    "torch.load(f, map_location, pickle_module, *, weights_only, mmap, **pickle_load_args)": effect(
        Files("read", ("f",)), Deserializes("torch", "f", unless=("weights_only",))
    ),
    "torch.save(obj, f, pickle_module, pickle_protocol, *, _use_new_zipfile_serialization)": write("f"),
    "torch.jit.load(f, map_location)": effect(Files("read", ("f",)), Deserializes("torch", "f")),
    "torch.hub.load(repo_or_dir, model, *args, source, trust_repo, force_reload, **kwargs)": effect(
        Reaches(fixed="github.com", method="GET"), Dynamic("import")
    ),
    "keras.models.load_model(filepath, custom_objects, compile, safe_mode)": effect(
        Files("read", ("filepath",)), Deserializes("keras", "filepath")
    ),
    "keras.saving.load_model(filepath, custom_objects, compile, safe_mode)": effect(
        Files("read", ("filepath",)), Deserializes("keras", "filepath")
    ),
    "tensorflow.keras.models.load_model(filepath, custom_objects, compile, safe_mode)": effect(
        Files("read", ("filepath",)), Deserializes("keras", "filepath")
    ),
    "tensorflow.saved_model.load(export_dir, tags, options)": effect(
        Files("read", ("export_dir",)), Deserializes("tensorflow", "export_dir")
    ),
    "yaml.load(stream, Loader)": effect(Deserializes("yaml", unless=SAFE_YAML)),
    "yaml.load_all(stream, Loader)": effect(Deserializes("yaml", unless=SAFE_YAML)),
    "yaml.full_load(stream)": YAML,
    "yaml.full_load_all(stream)": YAML,
    "yaml.unsafe_load(stream)": YAML,
    "yaml.unsafe_load_all(stream)": YAML,
    "yaml.Loader(stream)": YAML,
    "yaml.UnsafeLoader(stream)": YAML,
    "yaml.FullLoader(stream)": YAML,
    "yaml.CLoader(stream)": YAML,
    "yaml.safe_load(stream)": nothing(),
    "yaml.safe_load_all(stream)": nothing(),
    "yaml.dump(data, stream, Dumper, **kwds)": nothing(),
    "yaml.dump_all(documents, stream, Dumper, **kwds)": nothing(),
    "yaml.safe_dump(data, stream, **kwds)": nothing(),
    "yaml.safe_dump_all(documents, stream, **kwds)": nothing(),
    "yaml.parse(stream, Loader)": nothing(),
    "yaml.scan(stream, Loader)": nothing(),
    "yaml.compose(stream, Loader)": nothing(),
    "yaml.serialize(node, stream, Dumper, **kwds)": nothing(),
    "yaml.add_constructor(tag, constructor, Loader)": effect(Calls("constructor")),
    "yaml.add_representer(data_type, representer, Dumper)": effect(Calls("representer")),
    "ruamel.yaml.YAML(*, typ, pure, output, plug_ins)": effect(
        Deserializes("yaml", unless=("typ=safe", "typ=rt")), gives="ruamel.yaml.YAML"
    ),
    "ruamel.yaml.load(stream, Loader, version, preserve_quotes)": YAML,
    "jsonpickle.decode(string, backend, context, keys, reset, safe, classes)": effect(
        Deserializes("jsonpickle")
    ),
    "jsonpickle.loads(string, backend, context, keys, reset, safe, classes)": effect(
        Deserializes("jsonpickle")
    ),
    "jsonpickle.unpickler.decode(string, backend, context, keys, reset, safe, classes)": effect(
        Deserializes("jsonpickle")
    ),
    "jsonpickle.encode(value, unpicklable, make_refs)": nothing(),
    "msgpack.unpackb(packed, *, object_hook, **kwargs)": effect(Calls("object_hook")),
    "hickle.load(filename, path, safe)": effect(
        Files("read", ("filename",)), Deserializes("pickle", "filename")
    ),
    "sklearn.externals.joblib.load(filename, mmap_mode)": effect(
        Files("read", ("filename",)), Deserializes("pickle", "filename")
    ),
}
