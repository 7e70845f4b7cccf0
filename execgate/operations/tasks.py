# ruff: noqa: E501 - a signature stands on one line
"""Functions that are handed over to be called later or elsewhere in the same process, and in worker processes."""

from __future__ import annotations

from execgate.operations.effects import Calls, Controls, Dynamic, Reaches, Spawns, Unlisted
from execgate.operations.entry import Table, effect, nothing, returns, shell_text, yields

LOOP = "asyncio.AbstractEventLoop"
THREAD = "threading.Thread"
SERVER = "asyncio.Server"
PROCESS = "asyncio.subprocess.Process"
FUTURE = "concurrent.futures.Future"
CALLED_ANEW = effect(Unlisted("changes what a function is called with after it was judged"))
LATER = effect(Calls("callback", rest="args"), gives="asyncio.Handle")

TABLE: Table = {
    "threading.Thread(group, target, name, args, kwargs, *, daemon)": effect(
        Calls("target", arguments="args", keywords="kwargs"), gives=THREAD
    ),
    "threading.Thread.start(self)": nothing(),
    "threading.Thread.run(self)": nothing(),
    "threading.Thread.join(self, timeout)": nothing(),
    "threading.Thread.is_alive(self)": nothing(),
    "threading.Thread.getName(self)": nothing(),
    "threading.Thread.setName(self, name)": nothing(),
    "threading.Thread.isDaemon(self)": nothing(),
    "threading.Thread.setDaemon(self, daemonic)": nothing(),
    "threading.Timer(interval, function, args, kwargs)": effect(
        Calls("function", arguments="args", keywords="kwargs"), gives="threading.Timer"
    ),
    "threading.Timer.cancel(self)": nothing(),
    "threading.Timer.function.__set__(self, value)": effect(Calls("value")),
    "threading.Timer.args.__set__(self, value)": CALLED_ANEW,
    "threading.Timer.kwargs.__set__(self, value)": CALLED_ANEW,
    "threading.settrace(func)": effect(Dynamic("introspection"), Calls("func")),
    "threading.setprofile(func)": effect(Dynamic("introspection"), Calls("func")),
    "threading.settrace_all_threads(func)": effect(Dynamic("introspection"), Calls("func")),
    "threading.setprofile_all_threads(func)": effect(Dynamic("introspection"), Calls("func")),
    "threading.gettrace()": effect(Dynamic("introspection")),
    "threading.getprofile()": effect(Dynamic("introspection")),
    "threading.Barrier(parties, action, timeout)": effect(Calls("action"), gives="threading.Barrier"),
    "_thread.start_new_thread(function, args, kwargs)": effect(
        Calls("function", arguments="args", keywords="kwargs")
    ),
    "_thread.start_new(function, args, kwargs)": effect(
        Calls("function", arguments="args", keywords="kwargs")
    ),
    "_thread.start_joinable_thread(function, handle, daemon)": effect(Calls("function")),
    "_thread.interrupt_main(signum)": effect(Controls("signal")),
    "atexit.register(func, *args, **kwargs)": effect(Calls("func", rest="args", keywords="kwargs")),
    "sched.scheduler(timefunc, delayfunc)": effect(
        Calls("timefunc"), Calls("delayfunc"), gives="sched.scheduler"
    ),
    "sched.scheduler.enter(self, delay, priority, action, argument, kwargs)": effect(
        Calls("action", arguments="argument", keywords="kwargs")
    ),
    "sched.scheduler.enterabs(self, time, priority, action, argument, kwargs)": effect(
        Calls("action", arguments="argument", keywords="kwargs")
    ),
    "weakref.finalize(obj, func, *args, **kwargs)": effect(Calls("func", rest="args", keywords="kwargs")),
    "weakref.ref(object, callback)": effect(Calls("callback")),
    "weakref.proxy(object, callback)": effect(Calls("callback")),
    "contextlib.ExitStack()": returns("contextlib.ExitStack"),
    "contextlib.ExitStack.callback(self, callback, *args, **kwds)": effect(
        Calls("callback", rest="args", keywords="kwds")
    ),
    "contextlib.ExitStack.push(self, exit)": effect(Calls("exit")),
    "contextvars.Context.run(self, callable, *args, **kwargs)": effect(
        Calls("callable", rest="args", keywords="kwargs")
    ),
    "contextvars.copy_context()": returns("contextvars.Context"),
    # concurrent.futures
    "concurrent.futures.ThreadPoolExecutor(max_workers, thread_name_prefix, initializer, initargs)": effect(
        Calls("initializer", arguments="initargs"), gives="concurrent.futures.Executor"
    ),
    "concurrent.futures.ProcessPoolExecutor(max_workers, mp_context, initializer, initargs, *, max_tasks_per_child)": effect(
        Spawns(None, fixed=("python",)),
        Calls("initializer", arguments="initargs"),
        gives="concurrent.futures.Executor",
    ),
    "concurrent.futures.Executor.submit(self, fn, *args, **kwargs)": effect(
        Calls("fn", rest="args", keywords="kwargs"), gives=FUTURE
    ),
    "concurrent.futures.Executor.map(self, fn, *iterables, timeout, chunksize)": effect(
        Calls("fn", each=("iterables",))
    ),
    "concurrent.futures.Executor.shutdown(self, wait, *, cancel_futures)": nothing(),
    "concurrent.futures.Future.add_done_callback(self, fn)": effect(Calls("fn")),
    "concurrent.futures.as_completed(fs, timeout)": yields(FUTURE),
    "concurrent.futures.wait(fs, timeout, return_when)": nothing(),
    # asyncio
    "asyncio.to_thread(func, *args, **kwargs)": effect(Calls("func", rest="args", keywords="kwargs")),
    "asyncio.create_subprocess_exec(program, *args, stdin, stdout, stderr, limit, **kwds)": effect(
        Spawns("program", rest="args"), gives=PROCESS
    ),
    "asyncio.create_subprocess_shell(cmd, stdin, stdout, stderr, limit, **kwds)": effect(
        shell_text("cmd"), gives=PROCESS
    ),
    "asyncio.open_connection(host, port, *, limit, **kwds)": effect(
        Reaches(host="host", port="port", method="connect")
    ),
    "asyncio.open_unix_connection(path, *, limit, **kwds)": effect(Reaches(address="path", method="connect")),
    "asyncio.start_server(client_connected_cb, host, port, *, limit, **kwds)": effect(
        Reaches(host="host", port="port", method="listen"), Calls("client_connected_cb"), gives=SERVER
    ),
    "asyncio.start_unix_server(client_connected_cb, path, *, limit, **kwds)": effect(
        Reaches(address="path", method="listen"), Calls("client_connected_cb"), gives=SERVER
    ),
    "asyncio.get_event_loop()": returns(LOOP),
    "asyncio.get_running_loop()": returns(LOOP),
    "asyncio.new_event_loop()": returns(LOOP),
    "asyncio.AbstractEventLoop.call_soon(self, callback, *args, context)": LATER,
    "asyncio.AbstractEventLoop.call_soon_threadsafe(self, callback, *args, context)": LATER,
    "asyncio.AbstractEventLoop.call_later(self, delay, callback, *args, context)": LATER,
    "asyncio.AbstractEventLoop.call_at(self, when, callback, *args, context)": LATER,
    "asyncio.AbstractEventLoop.add_reader(self, fd, callback, *args)": LATER,
    "asyncio.AbstractEventLoop.add_writer(self, fd, callback, *args)": LATER,
    "asyncio.AbstractEventLoop.add_signal_handler(self, sig, callback, *args)": effect(
        Controls("signal"), Calls("callback", rest="args")
    ),
    "asyncio.AbstractEventLoop.remove_signal_handler(self, sig)": effect(Controls("signal")),
    "asyncio.AbstractEventLoop.run_in_executor(self, executor, func, *args)": effect(
        Calls("func", rest="args")
    ),
    "asyncio.AbstractEventLoop.set_exception_handler(self, handler)": effect(Calls("handler")),
    "asyncio.AbstractEventLoop.set_task_factory(self, factory)": effect(Calls("factory")),
    "asyncio.AbstractEventLoop.subprocess_exec(self, protocol_factory, program, *args, **kwargs)": effect(
        Spawns("program", rest="args"), Calls("protocol_factory")
    ),
    "asyncio.AbstractEventLoop.subprocess_shell(self, protocol_factory, cmd, *, stdin, stdout, stderr, **kwargs)": effect(
        shell_text("cmd"), Calls("protocol_factory")
    ),
    "asyncio.AbstractEventLoop.create_connection(self, protocol_factory, host, port, *, ssl, family, proto, flags, sock, local_addr, server_hostname, ssl_handshake_timeout, ssl_shutdown_timeout, happy_eyeballs_delay, interleave)": effect(
        Reaches(host="host", port="port", method="connect"), Calls("protocol_factory")
    ),
    "asyncio.AbstractEventLoop.create_datagram_endpoint(self, protocol_factory, local_addr, remote_addr, *, family, proto, flags, reuse_address, reuse_port, allow_broadcast, sock)": effect(
        Reaches(address="remote_addr", method="connect"),
        Reaches(address="local_addr", method="listen"),
        Calls("protocol_factory"),
        each="asyncio.DatagramTransport",
    ),
    "asyncio.AbstractEventLoop.create_server(self, protocol_factory, host, port, *, family, flags, sock, backlog, ssl, reuse_address, reuse_port, keep_alive, ssl_handshake_timeout, ssl_shutdown_timeout, start_serving)": effect(
        Reaches(host="host", port="port", method="listen"), Calls("protocol_factory"), gives=SERVER
    ),
    "asyncio.AbstractEventLoop.create_unix_connection(self, protocol_factory, path, *, ssl, sock, server_hostname, ssl_handshake_timeout, ssl_shutdown_timeout)": effect(
        Reaches(address="path", method="connect"), Calls("protocol_factory")
    ),
    "asyncio.AbstractEventLoop.create_unix_server(self, protocol_factory, path, *, sock, backlog, ssl, ssl_handshake_timeout, ssl_shutdown_timeout, start_serving)": effect(
        Reaches(address="path", method="listen"), Calls("protocol_factory"), gives=SERVER
    ),
    "asyncio.AbstractEventLoop.connect_accepted_socket(self, protocol_factory, sock, *, ssl, ssl_handshake_timeout, ssl_shutdown_timeout)": effect(
        Calls("protocol_factory")
    ),
    "asyncio.AbstractEventLoop.connect_read_pipe(self, protocol_factory, pipe)": effect(
        Calls("protocol_factory")
    ),
    "asyncio.AbstractEventLoop.connect_write_pipe(self, protocol_factory, pipe)": effect(
        Calls("protocol_factory")
    ),
    "asyncio.AbstractEventLoop.getaddrinfo(self, host, port, *, family, type, proto, flags)": effect(
        Reaches(host="host", port="port", method="resolve")
    ),
    "asyncio.AbstractEventLoop.getnameinfo(self, sockaddr, flags)": effect(
        Reaches(address="sockaddr", method="resolve")
    ),
    "asyncio.AbstractEventLoop.sock_connect(self, sock, address)": effect(
        Reaches(address="address", method="connect")
    ),
    "asyncio.AbstractEventLoop.sock_sendto(self, sock, data, address)": effect(
        Reaches(address="address", method="send")
    ),
    "asyncio.Future(*, loop)": returns("asyncio.Future"),
    "asyncio.AbstractEventLoop.create_future(self)": returns("asyncio.Future"),
    "asyncio.Future.add_done_callback(self, fn, *, context)": effect(Calls("fn")),
    "asyncio.Runner(*, debug, loop_factory)": effect(Calls("loop_factory"), gives="asyncio.Runner"),
    "asyncio.Runner.get_loop(self)": returns(LOOP),
}
