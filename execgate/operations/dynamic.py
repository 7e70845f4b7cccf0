# ruff: noqa: E501 - a signature stands on one line
"""Code that is made or reached at run time: eval and its like, imports, frames, the garbage collector."""

from __future__ import annotations

from execgate.operations.effects import (
    Accesses,
    Calls,
    Deserializes,
    Dynamic,
    Files,
    Imports,
    Native,
    Runs,
    Spawns,
    Unlisted,
)
from execgate.operations.entry import Table, effect, nothing, read, returns, write, yields

EXEC = effect(Dynamic("exec", "source"))
IMPORT = effect(Dynamic("import"))
LOADS = effect(Dynamic("import"), gives="importlib.abc.Loader")
INTROSPECTION = effect(Dynamic("introspection"))
PROFILES = effect(Dynamic("exec", "statement"), Files("write", ("filename",)))
TIMES = effect(Dynamic("exec", "stmt"), Dynamic("exec", "setup"), Calls("timer"))
EVALUATES = effect(Dynamic("eval"))
SPEC = "importlib.machinery.ModuleSpec"
CONSOLE = effect(Accesses("input"), Dynamic("exec"))
TESTS = effect(Dynamic("exec"))

TABLE: Table = {
    "builtins.eval(source, globals, locals)": effect(Dynamic("eval", "source")),
    "builtins.exec(source, globals, locals, *, closure)": effect(Dynamic("exec", "source")),
    "builtins.compile(source, filename, mode, flags, dont_inherit, optimize, *, _feature_version)": effect(
        Dynamic("compile", "source")
    ),
    "builtins.__import__(name, globals, locals, fromlist, level)": effect(Imports("name")),
    "builtins.__build_class__(func, name, *bases, metaclass, **kwds)": INTROSPECTION,
    "builtins.breakpoint(*args, **kws)": effect(Accesses("input"), Dynamic("introspection")),
    "builtins.input(prompt)": nothing(),
    "builtins.help(request)": effect(Imports("request")),
    "builtins.memoryview(object)": nothing(),
    "ast.literal_eval(node_or_string)": nothing(),
    "code.interact(banner, readfunc, local, exitmsg, local_exit)": effect(
        Accesses("input"), Dynamic("exec"), Calls("readfunc")
    ),
    "code.compile_command(source, filename, symbol)": effect(Dynamic("compile", "source")),
    "code.InteractiveInterpreter(locals)": returns("code.InteractiveInterpreter"),
    "code.InteractiveInterpreter.runsource(self, source, filename, symbol)": EXEC,
    "code.InteractiveInterpreter.runcode(self, code)": effect(Dynamic("exec", "code")),
    "code.InteractiveInterpreter.showsyntaxerror(self, filename, **kwargs)": nothing(),
    "code.InteractiveInterpreter.showtraceback(self)": nothing(),
    "code.InteractiveInterpreter.write(self, data)": nothing(),
    "code.InteractiveConsole(locals, filename, *, local_exit)": returns("code.InteractiveConsole"),
    "code.InteractiveConsole.interact(self, banner, exitmsg)": CONSOLE,
    "code.InteractiveConsole.push(self, line, filename, _symbol)": effect(Dynamic("exec", "line")),
    "code.InteractiveConsole.raw_input(self, prompt)": effect(Accesses("input")),
    "code.InteractiveConsole.resetbuffer(self)": nothing(),
    "codeop.compile_command(source, filename, symbol)": effect(Dynamic("compile", "source")),
    "codeop.CommandCompiler()": returns("codeop.CommandCompiler"),
    "codeop.CommandCompiler.__call__(self, source, filename, symbol)": effect(Dynamic("compile", "source")),
    "codeop.Compile()": returns("codeop.Compile"),
    "codeop.Compile.__call__(self, source, filename, symbol, **kwargs)": effect(Dynamic("compile", "source")),
    "runpy.run_module(mod_name, init_globals, run_name, alter_sys)": effect(
        Imports("mod_name"), Dynamic("exec")
    ),
    "runpy.run_path(path_name, init_globals, run_name)": effect(
        Files("read", ("path_name",)), Dynamic("exec"), Runs("path_name")
    ),
    "types.FunctionType(code, globals, name, argdefs, closure, kwdefaults)": effect(Dynamic("exec")),
    "types.LambdaType(code, globals, name, argdefs, closure, kwdefaults)": effect(Dynamic("exec")),
    "types.CodeType(*args, **kwargs)": effect(Dynamic("compile")),
    "types.CellType(contents)": nothing(),
    "types.MethodType(function, instance)": effect(Calls("function")),
    "types.coroutine(func)": effect(Calls("func")),
    "typing.get_type_hints(obj, globalns, localns, include_extras)": EVALUATES,
    "typing.evaluate_forward_ref(forward_ref, *, owner, globals, locals, type_params, format)": EVALUATES,
    "inspect.get_annotations(obj, *, globals, locals, eval_str)": effect(Dynamic("eval", when="eval_str")),
    "inspect.signature(obj, *, follow_wrapped, globals, locals, eval_str)": effect(
        Dynamic("eval", when="eval_str")
    ),
    "inspect.currentframe()": INTROSPECTION,
    "inspect.stack(context)": INTROSPECTION,
    "inspect.trace(context)": INTROSPECTION,
    "inspect.getouterframes(frame, context)": INTROSPECTION,
    "inspect.getinnerframes(tb, context)": INTROSPECTION,
    "inspect.getargvalues(frame)": INTROSPECTION,
    "inspect.getmodule(object, _filename)": INTROSPECTION,
    "inspect.getclosurevars(func)": INTROSPECTION,
    "inspect.getattr_static(obj, attr, default)": effect(Dynamic("attribute")),
    "inspect.getgeneratorlocals(generator)": INTROSPECTION,
    "inspect.getcoroutinelocals(coroutine)": INTROSPECTION,
    "inspect.getasyncgenlocals(agen)": INTROSPECTION,
    "traceback.walk_stack(f)": INTROSPECTION,
    "traceback.walk_tb(tb)": INTROSPECTION,
    "string.Formatter()": returns("string.Formatter"),
    "string.Formatter.get_field(self, field_name, args, kwargs)": effect(Dynamic("attribute")),
    "gc.get_objects(generation)": INTROSPECTION,
    "gc.get_referents(*objs)": INTROSPECTION,
    "gc.get_referrers(*objs)": INTROSPECTION,
    "gc.collect(generation)": nothing(),
    "gc.disable()": nothing(),
    "gc.enable()": nothing(),
    "gc.freeze()": nothing(),
    "gc.unfreeze()": nothing(),
    "gc.get_count()": nothing(),
    "gc.get_debug()": nothing(),
    "gc.get_freeze_count()": nothing(),
    "gc.get_stats()": nothing(),
    "gc.get_threshold()": nothing(),
    "gc.is_finalized(obj)": nothing(),
    "gc.is_tracked(obj)": nothing(),
    "gc.isenabled()": nothing(),
    "gc.set_debug(flags)": nothing(),
    "gc.set_threshold(threshold0, threshold1, threshold2)": nothing(),
    "sys._getframe(depth)": INTROSPECTION,
    "sys._getframemodulename(depth)": INTROSPECTION,
    "sys._current_frames()": INTROSPECTION,
    "sys._current_exceptions()": INTROSPECTION,
    "sys._clear_type_cache()": nothing(),
    "sys.settrace(function)": effect(Dynamic("introspection"), Calls("function")),
    "sys.setprofile(function)": effect(Dynamic("introspection"), Calls("function")),
    "sys.gettrace()": INTROSPECTION,
    "sys.getprofile()": INTROSPECTION,
    "sys.call_tracing(func, args)": effect(Dynamic("introspection"), Calls("func", arguments="args")),
    "sys.addaudithook(hook)": effect(Dynamic("introspection"), Calls("hook")),
    "sys.breakpointhook(*args, **kwargs)": effect(Accesses("input"), Dynamic("introspection")),
    "sys.set_asyncgen_hooks(firstiter, finalizer)": effect(Calls("firstiter"), Calls("finalizer")),
    "sys.setdlopenflags(flags)": effect(Native("ctypes")),
    "sys.activate_stack_trampoline(backend)": effect(Native("perf")),
    "sys.remote_exec(pid, script)": effect(Files("read", ("script",)), Dynamic("exec")),
    "sys.monitoring.*(*args)": INTROSPECTION,
    # imports
    "importlib.import_module(name, package)": effect(Imports("name")),
    "importlib.__import__(name, globals, locals, fromlist, level)": effect(Imports("name")),
    "importlib.find_loader(name, path)": effect(Imports("name"), Dynamic("import")),
    "importlib.reload(module)": IMPORT,
    "importlib.invalidate_caches()": nothing(),
    "importlib.util.find_spec(name, package)": effect(Imports("name"), gives=SPEC),
    "importlib.util.spec_from_file_location(name, location, *, loader, submodule_search_locations)": effect(
        Files("read", ("location",)), Dynamic("import"), Runs("location"), gives=SPEC
    ),
    "importlib.util.spec_from_loader(name, loader, *, origin, is_package)": effect(
        Dynamic("import"), gives=SPEC
    ),
    "importlib.util.module_from_spec(spec)": IMPORT,
    "importlib.util.LazyLoader(loader)": LOADS,
    "importlib.util.LazyLoader.factory(loader)": LOADS,
    "importlib.util.decode_source(source_bytes)": nothing(),
    "importlib.util.cache_from_source(path, debug_override, *, optimization)": nothing(),
    "importlib.util.source_from_cache(path)": nothing(),
    "importlib.util.source_hash(source_bytes)": nothing(),
    "importlib.util.resolve_name(name, package)": nothing(),
    "importlib.util.module_for_loader(fxn)": IMPORT,
    "importlib.util.set_loader(fxn)": IMPORT,
    "importlib.util.set_package(fxn)": IMPORT,
    "importlib.abc.*(*args)": LOADS,
    "importlib.machinery.ModuleSpec(name, loader, *, origin, loader_state, is_package)": effect(
        Dynamic("import"), gives=SPEC
    ),
    "importlib.machinery.SourceFileLoader(fullname, path)": effect(
        Files("read", ("path",)), Dynamic("import"), Runs("path"), gives="importlib.abc.Loader"
    ),
    "importlib.machinery.SourcelessFileLoader(fullname, path)": effect(
        Files("read", ("path",)), Dynamic("import"), gives="importlib.abc.Loader"
    ),
    "importlib.machinery.ExtensionFileLoader(name, path)": effect(
        Files("read", ("path",)), Dynamic("import"), Native("extension"), gives="importlib.abc.Loader"
    ),
    "importlib.machinery.all_suffixes()": nothing(),
    "importlib.machinery.*(*args)": LOADS,
    "importlib._bootstrap.*(*args)": LOADS,
    "importlib._bootstrap_external.*(*args)": LOADS,
    "importlib.readers.*(*args)": IMPORT,
    "importlib.simple.*(*args)": IMPORT,
    "importlib.metadata.entry_points(**params)": yields("importlib.metadata.EntryPoint"),
    "importlib.metadata.EntryPoint(name, value, group)": returns("importlib.metadata.EntryPoint"),
    "importlib.metadata.EntryPoint.load(self)": IMPORT,
    "imp.find_module(name, path)": LOADS,
    "imp.load_module(name, file, filename, details)": IMPORT,
    "imp.load_source(name, pathname, file)": effect(
        Files("read", ("pathname",)), Dynamic("import"), Runs("pathname")
    ),
    "imp.load_compiled(name, pathname, file)": effect(Files("read", ("pathname",)), Dynamic("import")),
    "imp.load_package(name, path)": effect(Files("read", ("path",)), Dynamic("import")),
    "imp.load_dynamic(name, path, file)": effect(
        Files("read", ("path",)), Dynamic("import"), Native("extension")
    ),
    "imp.reload(module)": IMPORT,
    "imp.new_module(name)": nothing(),
    "imp.cache_from_source(path, debug_override)": nothing(),
    "imp.source_from_cache(path)": nothing(),
    "imp.get_magic()": nothing(),
    "imp.get_suffixes()": nothing(),
    "imp.get_tag()": nothing(),
    "imp.acquire_lock()": nothing(),
    "imp.release_lock()": nothing(),
    "imp.lock_held()": nothing(),
    "imp.*(*args)": IMPORT,
    "pkgutil.resolve_name(name)": effect(Dynamic("import"), Dynamic("attribute")),
    "pkgutil.find_loader(fullname)": effect(
        Imports("fullname"), Dynamic("import"), gives="importlib.abc.Loader"
    ),
    "pkgutil.get_loader(module_or_name)": effect(
        Imports("module_or_name"), Dynamic("import"), gives="importlib.abc.Loader"
    ),
    "pkgutil.get_importer(path_item)": LOADS,
    "pkgutil.iter_importers(fullname)": LOADS,
    "pkgutil.iter_modules(path, prefix)": nothing(),
    "pkgutil.walk_packages(path, prefix, onerror)": IMPORT,
    "pkgutil.extend_path(path, name)": nothing(),
    "pkgutil.read_code(stream)": IMPORT,
    "pkgutil.*(*args)": IMPORT,
    "zipimport.zipimporter(path)": effect(
        Files("read", ("path",)), Dynamic("import"), gives="importlib.abc.Loader"
    ),
    "pydoc.locate(path, forceload)": effect(Imports("path"), Dynamic("import")),
    "pydoc.importfile(path)": effect(Files("read", ("path",)), Dynamic("import")),
    "pydoc.safeimport(path, forceload, cache)": effect(Imports("path")),
    "pydoc.*(*args)": effect(Unlisted("it shows, serves or imports whatever it is asked for")),
    "site.addsitedir(sitedir, known_paths)": effect(
        Files("list", ("sitedir",)), Files("read", ("sitedir",)), Dynamic("exec")
    ),
    "site.addpackage(sitedir, name, known_paths)": effect(Files("read", ("sitedir",)), Dynamic("exec")),
    "site.getsitepackages(prefixes)": nothing(),
    "site.getusersitepackages()": nothing(),
    "site.getuserbase()": nothing(),
    "site.*(*args)": IMPORT,
    "unittest.main(module, defaultTest, argv, testRunner, testLoader, exit, verbosity, failfast, catchbreak, buffer, warnings, *, tb_locals, durations)": effect(
        Imports("module")
    ),
    "unittest.TestLoader()": returns("unittest.TestLoader"),
    "unittest.TestLoader.discover(self, start_dir, pattern, top_level_dir)": effect(
        Files("list", ("start_dir",)), Dynamic("import")
    ),
    "unittest.TestLoader.loadTestsFromName(self, name, module)": IMPORT,
    "unittest.TestLoader.loadTestsFromNames(self, names, module)": IMPORT,
    "unittest.mock.patch(target, new, spec, create, spec_set, autospec, new_callable, *, unsafe, **kwargs)": effect(
        Dynamic("attribute"), Dynamic("import")
    ),
    "unittest.mock.patch.object(target, attribute, new, spec, create, spec_set, autospec, new_callable, *, unsafe, **kwargs)": effect(
        Dynamic("attribute")
    ),
    "unittest.mock.patch.multiple(target, spec, create, spec_set, autospec, new_callable, *, unsafe, **kwargs)": effect(
        Dynamic("attribute"), Dynamic("import")
    ),
    "unittest.mock.patch.dict(in_dict, values, clear, **kwargs)": effect(
        Dynamic("attribute"), Dynamic("import")
    ),
    # code that is run to be watched
    "timeit.timeit(stmt, setup, timer, number, globals)": TIMES,
    "timeit.repeat(stmt, setup, timer, repeat, number, globals)": TIMES,
    "timeit.Timer(stmt, setup, timer, globals)": effect(
        Dynamic("exec", "stmt"), Dynamic("exec", "setup"), Calls("timer"), gives="timeit.Timer"
    ),
    "timeit.Timer.timeit(self, number)": nothing(),
    "timeit.Timer.repeat(self, repeat, number)": nothing(),
    "timeit.Timer.autorange(self, callback)": effect(Calls("callback")),
    "timeit.Timer.print_exc(self, file)": nothing(),
    "timeit.default_timer()": nothing(),
    "timeit.reindent(src, indent)": nothing(),
    "timeit.main(args, *, _wrap_timer)": effect(Dynamic("exec")),
    "profile.run(statement, filename, sort)": PROFILES,
    "profile.runctx(statement, globals, locals, filename, sort)": PROFILES,
    "profile.Profile(timer, bias)": effect(Calls("timer"), gives="profile.Profile"),
    "profile.Profile.run(self, cmd)": effect(Dynamic("exec", "cmd")),
    "profile.Profile.runctx(self, cmd, globals, locals)": effect(Dynamic("exec", "cmd")),
    "profile.Profile.runcall(self, func, *args, **kw)": effect(Calls("func", rest="args", keywords="kw")),
    "profile.Profile.dump_stats(self, file)": write("file"),
    "cProfile.run(statement, filename, sort)": PROFILES,
    "cProfile.runctx(statement, globals, locals, filename, sort)": PROFILES,
    "cProfile.Profile(timer, timeunit, subcalls, builtins)": effect(Calls("timer"), gives="profile.Profile"),
    "trace.Trace(count, trace, countfuncs, countcallers, ignoremods, ignoredirs, infile, outfile, timing)": returns(
        "trace.Trace"
    ),
    "trace.Trace.run(self, cmd)": effect(Dynamic("introspection"), Dynamic("exec", "cmd")),
    "trace.Trace.runctx(self, cmd, globals, locals)": effect(
        Dynamic("introspection"), Dynamic("exec", "cmd")
    ),
    "trace.Trace.runfunc(self, func, *args, **kw)": effect(
        Dynamic("introspection"), Calls("func", rest="args", keywords="kw")
    ),
    "trace.Trace.results(self)": returns("trace.CoverageResults"),
    "trace.CoverageResults(counts, calledfuncs, infile, callers, outfile)": effect(
        Deserializes("pickle", "infile"), gives="trace.CoverageResults"
    ),
    "trace.CoverageResults.write_results(self, show_missing, summary, coverdir, *, ignore_missing_files)": effect(
        Files("write", ("coverdir",), ".", below=True)
    ),
    "trace.CoverageResults.write_results_file(self, path, lines, lnotab, lines_hit, encoding)": write("path"),
    "trace.main()": effect(Dynamic("exec")),
    "doctest.testmod(m, name, globs, verbose, report, optionflags, extraglobs, raise_on_error, exclude_empty)": TESTS,
    "doctest.testfile(filename, module_relative, name, package, globs, verbose, report, optionflags, extraglobs, raise_on_error, parser, encoding)": effect(
        Files("read", ("filename",)), Dynamic("exec")
    ),
    "doctest.run_docstring_examples(f, globs, verbose, name, compileflags, optionflags)": TESTS,
    "doctest.debug(module, name, pm)": effect(Dynamic("exec"), Accesses("input")),
    "doctest.debug_src(src, pm, globs)": effect(Dynamic("exec"), Accesses("input")),
    "doctest.debug_script(src, pm, globs)": effect(Dynamic("exec"), Accesses("input")),
    "doctest.DocTestSuite(module, globs, extraglobs, test_finder, **options)": TESTS,
    "doctest.DocFileSuite(*paths, **kw)": effect(Files("read", ("paths",)), Dynamic("exec")),
    "doctest.DocFileTest(path, module_relative, package, globs, parser, encoding, **options)": effect(
        Files("read", ("path",)), Dynamic("exec")
    ),
    "doctest.DocTestRunner(checker, verbose, optionflags)": effect(
        Dynamic("exec"), gives="doctest.DocTestRunner"
    ),
    "doctest.DebugRunner(checker, verbose, optionflags)": effect(
        Dynamic("exec"), gives="doctest.DocTestRunner"
    ),
    # private functions of modules that otherwise only compute
    "inspect._signature_fromstr(cls, obj, s, skip_bound_arg)": effect(Dynamic("eval", "s")),
    "inspect._main()": effect(Unlisted("does what its command line says")),
    "typing.ForwardRef(arg, is_argument, module, *, is_class)": returns("typing.ForwardRef"),
    "typing.ForwardRef._evaluate(self, globalns, localns, *args, **kwargs)": EVALUATES,
    "typing._eval_type(t, globalns, localns, *args, **kwargs)": EVALUATES,
    "dataclasses._create_fn(name, args, body, *, globals, locals, return_type)": effect(Dynamic("exec")),
    "unittest.mock._set_signature(mock, original, instance)": effect(Dynamic("exec")),
    "unittest.mock._importer(target)": effect(Imports("target")),
    "unittest.mock._dot_lookup(thing, comp, import_path)": effect(Imports("import_path")),
    "unittest.mock._set_async_signature(mock, original, instance, is_async_mock)": effect(Dynamic("exec")),
    "dataclasses._FuncBuilder(globals)": returns("dataclasses._FuncBuilder"),
    "dataclasses._FuncBuilder.add_fns_to_class(self, cls)": effect(Dynamic("exec")),
    "multiprocessing.sharedctypes.make_property(name)": effect(Dynamic("exec")),
    "turtle.__forwardmethods(fromClass, toClass, toPart, exclude)": effect(Dynamic("exec")),
    "unittest.mock._get_target(target)": effect(Dynamic("import")),
    "warnings._getcategory(category)": IMPORT,
    "sysconfig._init_posix(vars)": IMPORT,
    "sysconfig._parse_makefile(filename, vars, keep_unresolved)": read("filename"),
    "sysconfig._generate_posix_vars()": effect(Files("create", (), "build")),
    "uuid._get_command_stdout(command, *args)": effect(Spawns("command", rest="args")),
    "uuid._arp_getnode()": effect(Accesses("interfaces")),
    "xml.etree.ElementTree._get_writer(file_or_filename, encoding)": write("file_or_filename"),
    "zoneinfo._tzpath.find_tzfile(key)": nothing(),
    "turtle._make_global_funcs(functions, cls, obj, init, docrevise)": effect(Dynamic("exec")),
    "turtle.read_docstrings(lang)": IMPORT,
    "optparse._parse_num(val, type)": effect(Calls("type")),
}
