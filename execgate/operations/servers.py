"""Frameworks that listen for others, and libraries that call back at a time or for a change."""

from __future__ import annotations

from execgate.operations.effects import Calls, Files, Reaches
from execgate.operations.entry import Does, Table, effect, nothing, returns

LOCAL = "127.0.0.1"
JOB = "schedule.Job"
SCHEDULER = "apscheduler.schedulers.base.BaseScheduler"


def _listens(default: str | None = LOCAL) -> Does:
    return effect(Reaches(host="host", port="port", method="listen", default=default))


TABLE: Table = {
    "flask.Flask(import_name, *args, **kwargs)": returns("flask.Flask"),
    "flask.Flask.run(self, host, port, debug, load_dotenv, **options)": _listens(),
    "flask.send_file(path_or_file, *args, **kwargs)": effect(Files("read", ("path_or_file",))),
    "flask.send_from_directory(directory, path, **kwargs)": effect(
        Files("read", ("directory",), recursive=True)
    ),
    "fastapi.FastAPI(*args, **kwargs)": nothing(),
    "fastapi.responses.FileResponse(path, *args, **kwargs)": effect(Files("read", ("path",))),
    "starlette.responses.FileResponse(path, *args, **kwargs)": effect(Files("read", ("path",))),
    "fastapi.staticfiles.StaticFiles(*, directory, **kwargs)": effect(
        Files("read", ("directory",), recursive=True)
    ),
    "uvicorn.run(app, *, host, port, uds, fd, **kwargs)": _listens() + effect(Files("create", ("uds",))),
    "uvicorn.Config(app, *, host, port, uds, fd, **kwargs)": _listens(),
    "hypercorn.run.run(config)": effect(Reaches(fixed=LOCAL, method="listen")),
    "waitress.serve(app, *, host, port, listen, **kwargs)": _listens("0.0.0.0"),  # noqa: S104 - a name for what listens everywhere
    "gevent.pywsgi.WSGIServer(listener, application, *args, **kwargs)": effect(
        Reaches(address="listener", method="listen"), Calls("application")
    ),
    "tornado.web.Application(handlers, *args, **kwargs)": returns("tornado.web.Application"),
    "tornado.web.Application.listen(self, port, address, **kwargs)": effect(
        Reaches(host="address", port="port", method="listen")
    ),
    "tornado.httpserver.HTTPServer.listen(self, port, address, **kwargs)": effect(
        Reaches(host="address", port="port", method="listen")
    ),
    "tornado.httpserver.HTTPServer(*args, **kwargs)": returns("tornado.httpserver.HTTPServer"),
    "bottle.run(app, server, host, port, *args, **kwargs)": _listens(),
    "streamlit.*(*args, **kwargs)": nothing(),
    "dash.Dash(*args, **kwargs)": returns("dash.Dash"),
    "dash.Dash.run(self, host, port, *args, **kwargs)": _listens(),
    "dash.Dash.run_server(self, host, port, *args, **kwargs)": _listens(),
    "gradio.Interface(fn, *args, **kwargs)": effect(Calls("fn"), gives="gradio.Interface"),
    "gradio.Interface.launch(self, *args, server_name, server_port, **kwargs)": effect(
        Reaches(host="server_name", port="server_port", method="listen", default=LOCAL)
    ),
    # at a time, for a change
    **{f"schedule.{name}(*args)": returns(JOB) for name in ("every", "repeat")},
    "schedule.run_pending()": nothing(),
    "schedule.run_all(delay_seconds)": nothing(),
    "schedule.clear(tag)": nothing(),
    "schedule.idle_seconds()": nothing(),
    f"{JOB}.do(self, job_func, *args, **kwargs)": effect(
        Calls("job_func", rest="args", keywords="kwargs"), gives=JOB
    ),
    **{f"{JOB}.{name}(self, *args)": returns(JOB) for name in "at tag to until".split()},
    **{
        f"apscheduler.schedulers.{kind}(*args, **kwargs)": returns(SCHEDULER)
        for kind in """
            background.BackgroundScheduler blocking.BlockingScheduler asyncio.AsyncIOScheduler
        """.split()
    },
    f"{SCHEDULER}.add_job(self, func, trigger, args, kwargs, *more, **options)": effect(
        Calls("func", arguments="args", keywords="kwargs")
    ),
    f"{SCHEDULER}.scheduled_job(self, *args, **kwargs)": nothing(),
    f"{SCHEDULER}.start(self, *args, **kwargs)": nothing(),
    f"{SCHEDULER}.shutdown(self, wait)": nothing(),
    **{
        f"filelock.{name}(lock_file, *args, **kwargs)": effect(
            Files("write", ("lock_file",)), gives="filelock.FileLock"
        )
        for name in "FileLock SoftFileLock AsyncFileLock UnixFileLock".split()
    },
    "filelock.FileLock.acquire(self, *args, **kwargs)": nothing(),
    "filelock.FileLock.release(self, force)": nothing(),
    "portalocker.Lock(filename, mode, *args, **kwargs)": effect(
        Files("write", ("filename",)), gives="io.File"
    ),
}

ATTRIBUTES: dict[str, str] = {
    f"{JOB}.{unit}": JOB
    for unit in """
        second seconds minute minutes hour hours day days week weeks monday tuesday wednesday thursday friday
        saturday sunday
    """.split()
}
