# ruff: noqa: E501 - a signature stands on one line
"""Other machines, containers and shells, by libraries that are not of the standard library."""

from __future__ import annotations

from execgate.operations.entry import (
    Accesses,
    Dynamic,
    Environment,
    Files,
    Reaches,
    Spawns,
    Table,
    Unlisted,
    effect,
    nothing,
    read,
    returns,
    shell_text,
    write,
)

RUN = effect(shell_text("command"))
SSH = "paramiko.SSHClient"
SFTP = "paramiko.SFTPClient"
CONNECTION = "fabric.Connection"
DOCKER = effect(
    Reaches(address="base_url", method="connect", default="/var/run/docker.sock"), gives="docker.DockerClient"
)
RUNS_IMAGE = effect(Spawns(None, fixed=("docker", "run")))
GIT = effect(Spawns(None, fixed=("git",)))
BROWSER = "playwright.Browser"
PAGE = "playwright.Page"
LAUNCH = effect(Spawns(None, fixed=("browser",)), gives=BROWSER)
DRIVER = "selenium.webdriver.Remote"
DRIVE = effect(Spawns(None, fixed=("browser",)), gives=DRIVER)

TABLE: Table = {
    # programs
    "sh.Command(path)": effect(Spawns("path")),
    "sh.*(*args, **kwargs)": effect(Unlisted("the name of the function is the program that it starts")),
    "plumbum.*(*args, **kwargs)": effect(Unlisted("the name of the command is the program that it starts")),
    "pexpect.spawn(command, args, timeout, **kwargs)": effect(
        Spawns("command", rest="args"), gives="pexpect.spawn"
    ),
    "pexpect.run(command, timeout, withexitstatus, **kwargs)": effect(Spawns("command")),
    "pexpect.popen_spawn.PopenSpawn(cmd, **kwargs)": effect(Spawns("cmd")),
    "pexpect.pxssh.pxssh(**kwargs)": returns("pexpect.pxssh.pxssh"),
    "pexpect.pxssh.pxssh.login(self, server, username, password, **kwargs)": effect(
        Spawns(None, fixed=("ssh",)), Reaches(host="server", scheme="ssh", method="connect")
    ),
    "ptyprocess.PtyProcess.spawn(argv, cwd, env, **kwargs)": effect(Spawns("argv")),
    "invoke.run(command, **kwargs)": RUN,
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
    "git.Repo(path, **kwargs)": effect(
        Files("read", ("path",), "."), Spawns(None, fixed=("git",)), gives="git.Repo"
    ),
    "git.Repo.clone_from(url, to_path, progress, env, **kwargs)": effect(
        Reaches(url="url", method="GET"),
        Files("create", ("to_path",)),
        Spawns(None, fixed=("git",)),
        gives="git.Repo",
    ),
    "git.Repo.init(path, mkdir, **kwargs)": effect(
        Files("create", ("path",)), Spawns(None, fixed=("git",)), gives="git.Repo"
    ),
    "git.*(*args, **kwargs)": GIT,
    # other machines
    "paramiko.SSHClient()": returns(SSH),
    "paramiko.SSHClient.connect(self, hostname, port, username, password, pkey, key_filename, timeout, **kwargs)": effect(
        Reaches(host="hostname", port="port", scheme="ssh", method="connect"),
        Files("read", ("key_filename",)),
    ),
    "paramiko.SSHClient.exec_command(self, command, bufsize, timeout, get_pty, environment)": nothing(),
    "paramiko.SSHClient.invoke_shell(self, **kwargs)": nothing(),
    "paramiko.SSHClient.open_sftp(self)": returns(SFTP),
    "paramiko.SSHClient.load_system_host_keys(self, filename)": read(
        "filename", default="~/.ssh/known_hosts"
    ),
    "paramiko.SSHClient.load_host_keys(self, filename)": read("filename"),
    "paramiko.SSHClient.save_host_keys(self, filename)": write("filename"),
    "paramiko.SSHClient.set_missing_host_key_policy(self, policy)": nothing(),
    "paramiko.SSHClient.close(self)": nothing(),
    "paramiko.Transport(sock)": effect(
        Reaches(address="sock", scheme="ssh", method="connect"), gives="paramiko.Transport"
    ),
    "paramiko.SFTPClient.from_transport(t)": returns(SFTP),
    "paramiko.SFTPClient.put(self, localpath, remotepath, callback, confirm)": read("localpath"),
    "paramiko.SFTPClient.get(self, remotepath, localpath, callback, prefetch)": write("localpath"),
    "paramiko.RSAKey.from_private_key_file(filename, password)": read("filename"),
    "asyncssh.connect(host, port, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="ssh", method="connect")
    ),
    "fabric.Connection(host, user, port, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="ssh", method="connect"), gives=CONNECTION
    ),
    "fabric.Connection.run(self, command, **kwargs)": nothing(),
    "fabric.Connection.sudo(self, command, **kwargs)": nothing(),
    "fabric.Connection.local(self, command, **kwargs)": RUN,
    "fabric.Connection.put(self, local, remote, preserve_mode)": read("local"),
    "fabric.Connection.get(self, remote, local, preserve_mode)": write("local"),
    "pysftp.Connection(host, username, private_key, password, port, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="sftp", method="connect")
    ),
    "winrm.Session(target, auth, **kwargs)": effect(Reaches(host="target", method="connect")),
    "ldap3.Server(host, port, use_ssl, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="ldap", method="connect")
    ),
    "scapy.*(*args, **kwargs)": effect(Unlisted("sends packets that it is told to make")),
    "nmap.PortScanner(*args)": returns("nmap.PortScanner"),
    "nmap.PortScanner.scan(self, hosts, ports, arguments, sudo, timeout)": effect(
        Spawns(None, fixed=("nmap",)), Reaches(host="hosts", method="connect")
    ),
    "zmq.*(*args, **kwargs)": effect(Unlisted("which address it connects to is said to a socket later")),
    "paho.mqtt.client.Client(*args, **kwargs)": returns("paho.mqtt.client.Client"),
    "paho.mqtt.client.Client.connect(self, host, port, keepalive, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="mqtt", method="connect")
    ),
    "pika.ConnectionParameters(host, port, virtual_host, credentials, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="amqp", method="connect", default="localhost")
    ),
    "kafka.KafkaProducer(*, bootstrap_servers, **kwargs)": effect(
        Reaches(host="bootstrap_servers", method="connect", default="localhost")
    ),
    "kafka.KafkaConsumer(*topics, bootstrap_servers, **kwargs)": effect(
        Reaches(host="bootstrap_servers", method="connect", default="localhost")
    ),
    "celery.Celery(main, *, broker, backend, **kwargs)": effect(
        Reaches(url="broker", method="connect"), Reaches(url="backend", method="connect")
    ),
    "grpc.insecure_channel(target, options, compression)": effect(Reaches(host="target", method="connect")),
    "grpc.secure_channel(target, credentials, options, compression)": effect(
        Reaches(host="target", method="connect")
    ),
    # containers
    "docker.from_env(**kwargs)": effect(
        Reaches(fixed="localhost", method="connect"),
        Environment("read", fixed=("DOCKER_HOST",)),
        gives="docker.DockerClient",
    ),
    "docker.DockerClient(base_url, **kwargs)": DOCKER,
    "docker.APIClient(base_url, **kwargs)": DOCKER,
    "docker.DockerClient.*(self, *args, **kwargs)": RUNS_IMAGE,
    "kubernetes.config.load_kube_config(config_file, **kwargs)": read(
        "config_file", default="~/.kube/config"
    ),
    "kubernetes.client.*(*args, **kwargs)": effect(Unlisted("asks the cluster of its configuration")),
    # browsers
    "playwright.BrowserType.launch(self, **kwargs)": LAUNCH,
    "playwright.BrowserType.launch_persistent_context(self, user_data_dir, **kwargs)": LAUNCH,
    "playwright.BrowserType.connect(self, ws_endpoint, **kwargs)": effect(
        Reaches(url="ws_endpoint", method="connect"), gives=BROWSER
    ),
    "playwright.Browser.new_page(self, **kwargs)": returns(PAGE),
    "playwright.Browser.new_context(self, **kwargs)": returns(BROWSER),
    "playwright.Browser.close(self)": nothing(),
    "playwright.Page.goto(self, url, **kwargs)": effect(Reaches(url="url", method="GET")),
    "playwright.Page.screenshot(self, *, path, **kwargs)": write("path"),
    "playwright.Page.pdf(self, *, path, **kwargs)": write("path"),
    "playwright.Page.set_input_files(self, selector, files, **kwargs)": read("files"),
    "playwright.sync_api.sync_playwright()": returns("playwright.Playwright"),
    "playwright.async_api.async_playwright()": returns("playwright.Playwright"),
    "playwright.Playwright.start(self)": returns("playwright.Playwright"),
    "selenium.webdriver.Chrome(options, service, keep_alive)": DRIVE,
    "selenium.webdriver.Firefox(options, service, keep_alive)": DRIVE,
    "selenium.webdriver.Edge(options, service, keep_alive)": DRIVE,
    "selenium.webdriver.Safari(options, service, keep_alive)": DRIVE,
    "selenium.webdriver.Remote(command_executor, keep_alive, **kwargs)": effect(
        Reaches(url="command_executor", method="connect"), gives=DRIVER
    ),
    "selenium.webdriver.Remote.get(self, url)": effect(Reaches(url="url", method="GET")),
    "selenium.webdriver.Remote.save_screenshot(self, filename)": write("filename"),
    "selenium.webdriver.Remote.get_screenshot_as_file(self, filename)": write("filename"),
    "selenium.webdriver.Remote.execute_script(self, script, *args)": nothing(),
    "pyppeteer.launch(options, **kwargs)": effect(Spawns(None, fixed=("browser",))),
}
