# ruff: noqa: E501 - a signature stands on one line
"""Starting other programs, and other copies of this one."""

from __future__ import annotations

from execgate.operations.effects import Calls, Deserializes, Dynamic, Files, Native, Opens, Reaches, Spawns
from execgate.operations.entry import Table, copy, effect, nothing, returns, shell_text, yields

RUN = effect(
    Spawns("args", "shell", program="executable"), Calls("preexec_fn"), gives="subprocess.CompletedProcess"
)
PYTHON = ("python",)
"""A copy of this program is a Python that runs what the program says: its functions are analysed with it."""
LIST_V = effect(Spawns("args", program="file"))
TASKS = effect(
    Calls("func", each=("iterable",)),
    Calls("callback"),
    Calls("error_callback"),
    gives="multiprocessing.pool.AsyncResult",
)
PROCESS = effect(
    Spawns(None, fixed=PYTHON),
    Calls("target", arguments="args", keywords="kwargs"),
    gives="multiprocessing.Process",
)
POOL = effect(
    Spawns(None, fixed=PYTHON), Calls("initializer", arguments="initargs"), gives="multiprocessing.pool.Pool"
)
MANAGER = effect(Spawns(None, fixed=PYTHON), gives="multiprocessing.managers.SyncManager")

TABLE: Table = {
    "subprocess.Popen(args, bufsize, executable, stdin, stdout, stderr, preexec_fn, close_fds, shell, cwd, env, universal_newlines, startupinfo, creationflags, restore_signals, start_new_session, pass_fds, *, user, group, extra_groups, encoding, errors, text, umask, pipesize, process_group)": effect(
        Spawns("args", "shell", program="executable"),
        Calls("preexec_fn"),
        gives="subprocess.Popen",
        keeps=("args",),
    ),
    "subprocess.Popen.communicate(self, input, timeout)": nothing(),
    "subprocess.Popen.poll(self)": nothing(),
    "subprocess.Popen.wait(self, timeout)": nothing(),
    "subprocess.Popen.kill(self)": nothing(),
    "subprocess.Popen.terminate(self)": nothing(),
    "subprocess.Popen.send_signal(self, sig)": nothing(),
    "subprocess.run(args, bufsize, executable, stdin, stdout, stderr, preexec_fn, close_fds, shell, cwd, env, universal_newlines, startupinfo, creationflags, restore_signals, start_new_session, pass_fds, *, input, capture_output, timeout, check, user, group, extra_groups, encoding, errors, text, umask, pipesize, process_group)": RUN,
    "subprocess.call(args, bufsize, executable, stdin, stdout, stderr, preexec_fn, close_fds, shell, cwd, env, universal_newlines, startupinfo, creationflags, restore_signals, start_new_session, pass_fds, *, timeout, user, group, extra_groups, encoding, errors, text, umask, pipesize, process_group)": RUN,
    "subprocess.check_call(args, bufsize, executable, stdin, stdout, stderr, preexec_fn, close_fds, shell, cwd, env, universal_newlines, startupinfo, creationflags, restore_signals, start_new_session, pass_fds, *, timeout, user, group, extra_groups, encoding, errors, text, umask, pipesize, process_group)": RUN,
    "subprocess.check_output(args, bufsize, executable, stdin, stdout, stderr, preexec_fn, close_fds, shell, cwd, env, universal_newlines, startupinfo, creationflags, restore_signals, start_new_session, pass_fds, *, input, timeout, user, group, extra_groups, encoding, errors, text, umask, pipesize, process_group)": RUN,
    "subprocess.getoutput(cmd, *, encoding, errors)": effect(shell_text("cmd")),
    "subprocess.getstatusoutput(cmd, *, encoding, errors)": effect(shell_text("cmd")),
    "subprocess.list2cmdline(seq)": nothing(),
    "subprocess.CompletedProcess(args, returncode, stdout, stderr)": returns("subprocess.CompletedProcess"),
    "subprocess.CompletedProcess.check_returncode(self)": nothing(),
    # os
    "os.system(command)": effect(shell_text("command")),
    "os.popen(cmd, mode, buffering)": effect(shell_text("cmd"), gives="io.File"),
    "os.startfile(filepath, operation, arguments, cwd, show_cmd)": effect(Spawns("filepath")),
    "os.execl(file, *args)": LIST_V,
    "os.execle(file, *args)": LIST_V,
    "os.execlp(file, *args)": LIST_V,
    "os.execlpe(file, *args)": LIST_V,
    "os.execv(path, argv)": effect(Spawns("argv", program="path")),
    "os.execve(path, argv, env)": effect(Spawns("argv", program="path")),
    "os.execvp(file, args)": LIST_V,
    "os.execvpe(file, args, env)": LIST_V,
    "os.spawnl(mode, file, *args)": LIST_V,
    "os.spawnle(mode, file, *args)": LIST_V,
    "os.spawnlp(mode, file, *args)": LIST_V,
    "os.spawnlpe(mode, file, *args)": LIST_V,
    "os.spawnv(mode, file, args)": LIST_V,
    "os.spawnve(mode, file, args, env)": LIST_V,
    "os.spawnvp(mode, file, args)": LIST_V,
    "os.spawnvpe(mode, file, args, env)": LIST_V,
    "os.posix_spawn(path, argv, env, *, file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler)": effect(
        Spawns("argv", program="path")
    ),
    "os.posix_spawnp(path, argv, env, *, file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler)": effect(
        Spawns("argv", program="path")
    ),
    "os.fork()": effect(Spawns(None, fixed=PYTHON)),
    "os.forkpty()": effect(Spawns(None, fixed=PYTHON)),
    "os.wait()": nothing(),
    "os.wait3(options)": nothing(),
    "os.wait4(pid, options)": nothing(),
    "os.waitid(idtype, id, options)": nothing(),
    "os.waitpid(pid, options)": nothing(),
    "os.register_at_fork(*, before, after_in_child, after_in_parent)": effect(
        Calls("before"), Calls("after_in_child"), Calls("after_in_parent")
    ),
    "pty.spawn(argv, master_read, stdin_read)": effect(
        Spawns("argv"), Calls("master_read"), Calls("stdin_read")
    ),
    "pty.fork()": effect(Spawns(None, fixed=PYTHON)),
    "pty.openpty()": nothing(),
    "pty.master_open()": nothing(),
    "pty.slave_open(tty_name)": nothing(),
    "pipes.Template()": returns("pipes.Template"),
    "pipes.Template.append(self, cmd, kind)": effect(shell_text("cmd")),
    "pipes.Template.prepend(self, cmd, kind)": effect(shell_text("cmd")),
    "pipes.Template.clone(self)": returns("pipes.Template"),
    "pipes.Template.copy(self, infile, outfile)": copy("infile", "outfile"),
    "pipes.Template.open(self, file, rw)": effect(Opens("file", "rw"), gives="io.File", keeps=("file",)),
    "pipes.Template.open_r(self, file)": effect(Files("read", ("file",)), gives="io.File", keeps=("file",)),
    "pipes.Template.open_w(self, file)": effect(Files("write", ("file",)), gives="io.File", keeps=("file",)),
    "pipes.Template.debug(self, flag)": nothing(),
    "pipes.Template.reset(self)": nothing(),
    "pipes.Template.makepipeline(self, infile, outfile)": effect(
        Files("read", ("infile",)), Files("write", ("outfile",))
    ),
    "pipes.quote(s)": nothing(),
    "webbrowser.open(url, new, autoraise)": effect(
        Spawns(None, fixed=("browser",)), Reaches(url="url", method="GET")
    ),
    "webbrowser.open_new(url)": effect(Spawns(None, fixed=("browser",)), Reaches(url="url", method="GET")),
    "webbrowser.open_new_tab(url)": effect(
        Spawns(None, fixed=("browser",)), Reaches(url="url", method="GET")
    ),
    "webbrowser.get(using)": effect(Spawns("using"), gives="webbrowser.BaseBrowser"),
    "webbrowser.register(name, klass, instance, *, preferred)": effect(Calls("klass")),
    "webbrowser.BaseBrowser(name)": effect(Spawns("name"), gives="webbrowser.BaseBrowser"),
    "webbrowser.BaseBrowser.open(self, url, new, autoraise)": effect(
        Spawns(None, fixed=("browser",)), Reaches(url="url", method="GET")
    ),
    "webbrowser.BaseBrowser.open_new(self, url)": effect(
        Spawns(None, fixed=("browser",)), Reaches(url="url", method="GET")
    ),
    "webbrowser.BaseBrowser.open_new_tab(self, url)": effect(
        Spawns(None, fixed=("browser",)), Reaches(url="url", method="GET")
    ),
    # multiprocessing
    "multiprocessing.Process(group, target, name, args, kwargs, *, daemon)": PROCESS,
    "multiprocessing.Process.start(self)": nothing(),
    "multiprocessing.Process.run(self)": nothing(),
    "multiprocessing.Process.join(self, timeout)": nothing(),
    "multiprocessing.Process.is_alive(self)": nothing(),
    "multiprocessing.Process.close(self)": nothing(),
    "multiprocessing.Process.kill(self)": nothing(),
    "multiprocessing.Process.terminate(self)": nothing(),
    "multiprocessing.Pool(processes, initializer, initargs, maxtasksperchild)": POOL,
    "multiprocessing.Manager()": MANAGER,
    "multiprocessing.Pipe(duplex)": yields("multiprocessing.connection.Connection"),
    "multiprocessing.Queue(maxsize)": returns("multiprocessing.Queue"),
    "multiprocessing.SimpleQueue()": returns("multiprocessing.Queue"),
    "multiprocessing.JoinableQueue(maxsize)": returns("multiprocessing.Queue"),
    "multiprocessing.get_context(method)": returns("multiprocessing.context.BaseContext"),
    "multiprocessing.context.BaseContext()": returns("multiprocessing.context.BaseContext"),
    "multiprocessing.context.BaseContext.Process(self, group, target, name, args, kwargs, *, daemon)": PROCESS,
    "multiprocessing.context.BaseContext.Pool(self, processes, initializer, initargs, maxtasksperchild)": POOL,
    "multiprocessing.context.BaseContext.Manager(self)": MANAGER,
    "multiprocessing.context.BaseContext.Pipe(self, duplex)": yields("multiprocessing.connection.Connection"),
    "multiprocessing.context.BaseContext.Queue(self, maxsize)": returns("multiprocessing.Queue"),
    "multiprocessing.context.BaseContext.SimpleQueue(self)": returns("multiprocessing.Queue"),
    "multiprocessing.context.BaseContext.JoinableQueue(self, maxsize)": returns("multiprocessing.Queue"),
    "multiprocessing.context.BaseContext.get_context(self, method)": returns(
        "multiprocessing.context.BaseContext"
    ),
    "multiprocessing.context.BaseContext.set_executable(self, executable)": effect(Spawns("executable")),
    "multiprocessing.context.BaseContext.set_forkserver_preload(self, module_names)": effect(
        Dynamic("import")
    ),
    "multiprocessing.set_executable(executable)": effect(Spawns("executable")),
    "multiprocessing.set_forkserver_preload(module_names)": effect(Dynamic("import")),
    "multiprocessing.set_start_method(method, force)": nothing(),
    "multiprocessing.active_children()": yields("multiprocessing.Process"),
    "multiprocessing.current_process()": returns("multiprocessing.Process"),
    "multiprocessing.parent_process()": returns("multiprocessing.Process"),
    "multiprocessing.pool.Pool(processes, initializer, initargs, maxtasksperchild, context)": POOL,
    "multiprocessing.pool.ThreadPool(processes, initializer, initargs)": effect(
        Calls("initializer", arguments="initargs"), gives="multiprocessing.pool.Pool"
    ),
    "multiprocessing.pool.Pool.apply(self, func, args, kwds)": effect(
        Calls("func", arguments="args", keywords="kwds")
    ),
    "multiprocessing.pool.Pool.apply_async(self, func, args, kwds, callback, error_callback)": effect(
        Calls("func", arguments="args", keywords="kwds"),
        Calls("callback"),
        Calls("error_callback"),
        gives="multiprocessing.pool.AsyncResult",
    ),
    "multiprocessing.pool.Pool.map(self, func, iterable, chunksize)": effect(
        Calls("func", each=("iterable",))
    ),
    "multiprocessing.pool.Pool.map_async(self, func, iterable, chunksize, callback, error_callback)": TASKS,
    "multiprocessing.pool.Pool.imap(self, func, iterable, chunksize)": effect(
        Calls("func", each=("iterable",))
    ),
    "multiprocessing.pool.Pool.imap_unordered(self, func, iterable, chunksize)": effect(
        Calls("func", each=("iterable",))
    ),
    "multiprocessing.pool.Pool.starmap(self, func, iterable, chunksize)": effect(
        Calls("func", rows="iterable")
    ),
    "multiprocessing.pool.Pool.starmap_async(self, func, iterable, chunksize, callback, error_callback)": effect(
        Calls("func", rows="iterable"),
        Calls("callback"),
        Calls("error_callback"),
        gives="multiprocessing.pool.AsyncResult",
    ),
    "multiprocessing.pool.Pool.close(self)": nothing(),
    "multiprocessing.pool.Pool.join(self)": nothing(),
    "multiprocessing.pool.Pool.terminate(self)": nothing(),
    "multiprocessing.connection.Client(address, family, authkey)": effect(
        Reaches(address="address", method="connect"),
        Deserializes("pickle"),
        gives="multiprocessing.connection.Connection",
    ),
    "multiprocessing.connection.Listener(address, family, backlog, authkey)": effect(
        Reaches(address="address", method="listen"),
        Deserializes("pickle"),
        gives="multiprocessing.connection.Listener",
    ),
    "multiprocessing.connection.Listener.accept(self)": returns("multiprocessing.connection.Connection"),
    "multiprocessing.connection.Listener.close(self)": nothing(),
    "multiprocessing.connection.Pipe(duplex)": yields("multiprocessing.connection.Connection"),
    "multiprocessing.connection.wait(object_list, timeout)": nothing(),
    "multiprocessing.connection.Connection.close(self)": nothing(),
    "multiprocessing.connection.Connection.fileno(self)": nothing(),
    "multiprocessing.connection.Connection.poll(self, timeout)": nothing(),
    "multiprocessing.connection.Connection.recv(self)": nothing(),
    "multiprocessing.connection.Connection.recv_bytes(self, maxlength)": nothing(),
    "multiprocessing.connection.Connection.recv_bytes_into(self, buf, offset)": nothing(),
    "multiprocessing.connection.Connection.send(self, obj)": nothing(),
    "multiprocessing.connection.Connection.send_bytes(self, buf, offset, size)": nothing(),
    "multiprocessing.managers.BaseManager(address, authkey, serializer, ctx, *, shutdown_timeout)": effect(
        Spawns(None, fixed=PYTHON),
        Reaches(address="address", method="listen"),
        Deserializes("pickle"),
        gives="multiprocessing.managers.BaseManager",
        keeps=("address",),
    ),
    "multiprocessing.managers.BaseManager.connect(self)": effect(
        Reaches(address="self.address", method="connect"), Deserializes("pickle")
    ),
    "multiprocessing.managers.BaseManager.register(typeid, callable, proxytype, exposed, method_to_typeid, create_method)": effect(
        Calls("callable")
    ),
    "multiprocessing.managers.BaseManager.start(self, initializer, initargs)": effect(
        Calls("initializer", arguments="initargs")
    ),
    "multiprocessing.managers.BaseManager.get_server(self)": nothing(),
    "multiprocessing.managers.BaseManager.join(self, timeout)": nothing(),
    "multiprocessing.managers.BaseManager.shutdown(self)": nothing(),
    "multiprocessing.managers.SyncManager(address, authkey, serializer, ctx, *, shutdown_timeout)": MANAGER,
    "multiprocessing.managers.SyncManager.Pool(self, processes, initializer, initargs, maxtasksperchild)": POOL,
    "multiprocessing.managers.SharedMemoryManager(*args, **kwargs)": effect(
        Spawns(None, fixed=PYTHON), gives="multiprocessing.managers.SharedMemoryManager"
    ),
    "multiprocessing.managers.SharedMemoryManager.SharedMemory(self, size)": returns(
        "multiprocessing.shared_memory.SharedMemory"
    ),
    "multiprocessing.managers.SharedMemoryManager.ShareableList(self, sequence)": nothing(),
    "multiprocessing.shared_memory.SharedMemory(name, create, size, *, track)": effect(
        Native("mmap"), gives="multiprocessing.shared_memory.SharedMemory"
    ),
    "multiprocessing.shared_memory.SharedMemory.close(self)": nothing(),
    "multiprocessing.shared_memory.SharedMemory.unlink(self)": nothing(),
    "multiprocessing.shared_memory.ShareableList(sequence, *, name)": effect(Native("mmap")),
}
