# ruff: noqa: E501 - a signature stands on one line
"""Libraries that start programs: terminals, shells in the form of Python, Git, containers."""

from __future__ import annotations

from execgate.operations.effects import (
    Accesses,
    Calls,
    Connects,
    Dynamic,
    Effect,
    Environment,
    Files,
    Reaches,
    Spawns,
    Unlisted,
)
from execgate.operations.entry import Does, Table, effect, nothing, read, returns, shell_text

RUN = effect(shell_text("command"))
REPO = "git.Repo"
REMOTE = "git.Remote"
DOCKER = "docker.DockerClient"
CONTAINER = "docker.models.containers.Container"
CONTAINERS = "docker.models.containers.ContainerCollection"
IMAGES = "docker.models.images.ImageCollection"
TERMINAL = effect(Spawns("command", "!args", "args"), gives="pexpect.spawn")


def _git(*words: str, more: tuple[Effect, ...] = (), gives: str | None = None) -> Does:
    return effect(*more, Spawns(None, fixed=("git", *words)), gives=gives)


def _docker(*words: str, more: tuple[Effect, ...] = (), gives: str | None = None) -> Does:
    return effect(Spawns(None, fixed=("docker", *words)), *more, gives=gives)


def _server(base_url: str) -> Does:
    return effect(Reaches(address=base_url, method="connect", default="/var/run/docker.sock"), gives=DOCKER)


UNSAFE = (
    Unlisted("a protocol of Git can start any program", when="allow_unsafe_protocols"),
    Unlisted("an option of Git can start any program", when="allow_unsafe_options"),
)
MOUNTS = (Files("write", ("volumes.{}",)),)
"""What a container is given of this machine it can write."""

TABLE: Table = {
    "sh.Command(path, search_paths)": effect(Spawns("path")),
    "sh.*(*args, **kwargs)": effect(Spawns(None, rest="args", fixed=("=sh",))),
    "plumbum.cmd.*(*args, **kwargs)": effect(Spawns(None, rest="args", fixed=("=plumbum.cmd",))),
    "plumbum.SshMachine(host, user, port, keyfile, *args, **kwargs)": effect(
        Spawns(None, fixed=("ssh",)),
        Reaches(host="host", port="port", scheme="ssh", method="connect"),
        Files("read", ("keyfile",)),
    ),
    "plumbum.*(*args, **kwargs)": effect(Unlisted("the name of the command is the program that it starts")),
    "pexpect.spawn(command, args, timeout, maxread, searchwindowsize, logfile, cwd, env, ignore_sighup, echo, preexec_fn, **kwargs)": TERMINAL
    + effect(Calls("preexec_fn")),
    "pexpect.spawnu(command, args, timeout, maxread, searchwindowsize, logfile, cwd, env, **kwargs)": TERMINAL,
    "pexpect.run(command, timeout, withexitstatus, events, extra_args, logfile, cwd, env, **kwargs)": effect(
        shell_text("command")
    ),
    "pexpect.runu(command, timeout, withexitstatus, events, extra_args, logfile, cwd, env, **kwargs)": effect(
        shell_text("command")
    ),
    "pexpect.popen_spawn.PopenSpawn(cmd, timeout, maxread, searchwindowsize, logfile, cwd, env, encoding, codec_errors, preexec_fn)": effect(
        shell_text("cmd"), gives="pexpect.spawn"
    ),
    "pexpect.replwrap.python(command)": effect(shell_text("command"), Spawns(None, fixed=("python",))),
    "pexpect.replwrap.bash(command)": effect(
        shell_text("command"), Spawns(None, fixed=("bash",)), gives="pexpect.replwrap.REPLWrapper"
    ),
    "pexpect.replwrap.REPLWrapper(cmd_or_spawn, orig_prompt, *args, **kwargs)": effect(
        shell_text("cmd_or_spawn"), gives="pexpect.replwrap.REPLWrapper"
    ),
    "pexpect.replwrap.REPLWrapper.run_command(self, command, *args, **kwargs)": effect(shell_text("command")),
    "pexpect.pxssh.pxssh(*args, **kwargs)": returns("pexpect.pxssh.pxssh"),
    "pexpect.pxssh.pxssh.login(self, server, username, password, terminal_type, original_prompt, login_timeout, port, *args, **kwargs)": effect(
        Spawns(None, fixed=("ssh",)), Reaches(host="server", port="port", scheme="ssh", method="connect")
    ),
    # What is typed into a program that was started is up to that program: a shell runs it.
    "pexpect.spawn.sendline(self, s)": nothing(),
    "pexpect.spawn.send(self, s)": nothing(),
    "pexpect.spawn.expect(self, pattern, *args, **kwargs)": nothing(),
    "pexpect.spawn.interact(self, *args, **kwargs)": effect(Accesses("input")),
    "pexpect.spawn.close(self, force)": nothing(),
    "ptyprocess.PtyProcess.spawn(argv, cwd, env, echo, preexec_fn, dimensions, pass_fds)": effect(
        Spawns("argv"), Calls("preexec_fn")
    ),
    "ptyprocess.PtyProcessUnicode.spawn(argv, cwd, env, echo, preexec_fn, dimensions, pass_fds)": effect(
        Spawns("argv"), Calls("preexec_fn")
    ),
    "invoke.run(command, **kwargs)": RUN,
    "invoke.sudo(command, **kwargs)": effect(Spawns(None, fixed=("sudo",)), shell_text("command")),
    "invoke.Context(config)": returns("invoke.Context"),
    "invoke.Context.run(self, command, **kwargs)": RUN,
    "invoke.Context.sudo(self, command, **kwargs)": effect(
        Spawns(None, fixed=("sudo",)), shell_text("command")
    ),
    "delegator.run(command, block, **kwargs)": RUN,
    "envoy.run(command, **kwargs)": RUN,
    "IPython.get_ipython()": returns("IPython.InteractiveShell"),
    "IPython.InteractiveShell.system(self, cmd)": effect(shell_text("cmd")),
    "IPython.InteractiveShell.getoutput(self, cmd, split, depth)": effect(shell_text("cmd")),
    "IPython.InteractiveShell.run_cell(self, raw_cell, **kwargs)": effect(Dynamic("exec", "raw_cell")),
    "IPython.InteractiveShell.run_line_magic(self, magic_name, line, **kwargs)": effect(
        Unlisted("a magic can do anything")
    ),
    "IPython.InteractiveShell.run_cell_magic(self, magic_name, line, cell)": effect(
        Unlisted("a magic can do anything")
    ),
    "IPython.InteractiveShell.ex(self, cmd)": effect(Dynamic("exec", "cmd")),
    "IPython.InteractiveShell.ev(self, expr)": effect(Dynamic("eval", "expr")),
    "IPython.embed(**kwargs)": effect(Accesses("input"), Dynamic("exec")),
    "IPython.start_ipython(argv, **kwargs)": effect(Accesses("input"), Dynamic("exec")),
    # Git
    f"{REPO}(path, odbt, search_parent_directories, expand_vars)": _git(
        more=(Files("read", ("path",), "."),), gives=REPO
    ),
    f"{REPO}.clone_from(url, to_path, progress, env, multi_options, allow_unsafe_protocols, allow_unsafe_options, **kwargs)": _git(
        "clone",
        more=(*UNSAFE, Connects("url", scheme="ssh"), Files("create", ("to_path",)), Calls("progress")),
        gives=REPO,
    ),
    f"{REPO}.init(path, mkdir, odbt, expand_vars, allow_unsafe_options, **kwargs)": _git(
        "init", more=(Files("create", ("path",), "."),), gives=REPO
    ),
    f"{REPO}.clone(self, path, progress, multi_options, allow_unsafe_protocols, allow_unsafe_options, **kwargs)": _git(
        "clone", more=(*UNSAFE, Files("create", ("path",)), Calls("progress")), gives=REPO
    ),
    f"{REPO}.remote(self, name)": returns(REMOTE),
    f"{REPO}.create_remote(self, name, url, **kwargs)": _git(
        "remote", more=(Connects("url", scheme="ssh"),), gives=REMOTE
    ),
    f"{REPO}.close(self)": nothing(),
    f"{REPO}.archive(self, ostream, treeish, prefix, **kwargs)": _git("archive"),
    "git.Git(working_dir)": returns("git.Git"),
    "git.Git.execute(self, command, *args, **kwargs)": effect(Spawns("command")),
    "git.Git.clone(self, url, to_path, *args, **kwargs)": _git(
        "clone", more=(Connects("url", scheme="ssh"), Files("create", ("to_path",)))
    ),
    "git.Git.*(self, *args, **kwargs)": effect(Spawns(None, rest="args", fixed=("git", "=git.Git"))),
    "git.Remotes.__getattr__(self, name)": returns(REMOTE),
    "git.Remotes.__getitem__(self, name)": returns(REMOTE),
    "git.Remotes.__iter__(self)": effect(each=REMOTE),
    f"{REMOTE}.add(repo, name, url, **kwargs)": _git("remote", more=(Connects("url", scheme="ssh"),)),
    f"{REMOTE}.set_url(self, new_url, old_url, **kwargs)": _git(
        "remote", more=(Connects("new_url", scheme="ssh"),)
    ),
    f"{REMOTE}.add_url(self, url, **kwargs)": _git("remote", more=(Connects("url", scheme="ssh"),)),
    "git.Submodule.add(repo, name, path, url, **kwargs)": _git(
        "submodule", more=(Connects("url", scheme="ssh"), Files("create", ("path",)))
    ),
    "git.*(*args, **kwargs)": _git(),
    # containers
    "docker.from_env(**kwargs)": effect(
        Files("write", (), "/var/run/docker.sock"),
        Environment("read", fixed=("DOCKER_HOST",)),
        gives=DOCKER,
    ),
    f"{DOCKER}.from_env(**kwargs)": effect(
        Files("write", (), "/var/run/docker.sock"),
        Environment("read", fixed=("DOCKER_HOST",)),
        gives=DOCKER,
    ),
    f"{DOCKER}(base_url, *args, **kwargs)": _server("base_url"),
    "docker.APIClient(base_url, *args, **kwargs)": _server("base_url"),
    f"{CONTAINERS}.run(self, image, command, stdout, stderr, remove, *, volumes, **kwargs)": _docker(
        "run", more=MOUNTS, gives=CONTAINER
    ),
    f"{CONTAINERS}.create(self, image, command, *, volumes, **kwargs)": _docker(
        "create", more=MOUNTS, gives=CONTAINER
    ),
    f"{CONTAINERS}.get(self, container_id)": _docker("ps", gives=CONTAINER),
    f"{CONTAINERS}.list(self, *args, **kwargs)": effect(Spawns(None, fixed=("docker", "ps")), each=CONTAINER),
    f"{IMAGES}.build(self, *, path, fileobj, dockerfile, **kwargs)": _docker(
        "build", more=(Files("read", ("path",), recursive=True),)
    ),
    f"{IMAGES}.load(self, data)": _docker("load"),
    **{
        f"{owner}.*(self, *args, **kwargs)": _docker()
        for owner in (
            DOCKER,
            CONTAINER,
            CONTAINERS,
            IMAGES,
            "docker.models.volumes.VolumeCollection",
            "docker.models.networks.NetworkCollection",
        )
    },
    "docker.types.Mount(target, source, *args, **kwargs)": effect(Files("write", ("source",))),
    "kubernetes.config.load_kube_config(config_file, *args, **kwargs)": read(
        "config_file", default="~/.kube/config"
    ),
    "kubernetes.config.load_incluster_config(**kwargs)": nothing(),
    "kubernetes.client.*(*args, **kwargs)": effect(Unlisted("asks the cluster of its configuration")),
    "kubernetes.stream.*(*args, **kwargs)": effect(Unlisted("runs programs in the cluster")),
}

ATTRIBUTES: dict[str, str] = {
    f"{REPO}.git": "git.Git",
    f"{REPO}.remotes": "git.Remotes",
    f"{DOCKER}.containers": CONTAINERS,
    f"{DOCKER}.images": IMAGES,
    f"{DOCKER}.volumes": "docker.models.volumes.VolumeCollection",
    f"{DOCKER}.networks": "docker.models.networks.NetworkCollection",
    f"{DOCKER}.api": DOCKER,
}
