# ruff: noqa: E501 - a signature stands on one line
"""Other machines: their shells, files and directories, queues of messages, and packets.

What a command does on another machine is that machine's affair: that it is reached is what counts.
"""

from __future__ import annotations

from execgate.operations.effects import Calls, Connects, Files, Reaches, Spawns, Unlisted
from execgate.operations.entry import Does, Table, effect, nothing, read, returns, shell_text, write

SSH = "paramiko.SSHClient"
SFTP = "paramiko.SFTPClient"
TRANSPORT = "paramiko.Transport"
CHANNEL = "paramiko.Channel"
CONNECTION = "fabric.Connection"
LOGS_IN = effect(Reaches(host="host", port="port", scheme="ssh", method="connect"))
KEYS = "paramiko.PKey"


def _queue(default: str = "localhost", scheme: str = "amqp") -> Does:
    return effect(Connects(None, "host", "port", scheme, default=default))


def _remote_files(owner: str) -> Table:
    """Return what a client for files on another machine does there: nothing on this one."""
    names = """
        chdir chmod chown close file getcwd isdir isfile exists listdir listdir_attr listdir_iter lstat mkdir
        makedirs normalize posix_rename readlink remove rename rmdir rmtree stat symlink truncate unlink utime
        execute
    """
    return {f"{owner}.{name}(self, *args, **kwargs)": nothing() for name in names.split()}


TABLE: Table = {
    # SSH
    f"{SSH}()": returns(SSH),
    f"{SSH}.connect(self, hostname, port, username, password, pkey, key_filename, timeout, allow_agent, look_for_keys, compress, sock, **kwargs)": effect(
        Reaches(host="hostname", port="port", scheme="ssh", method="connect"),
        Files("read", ("key_filename",)),
    ),
    f"{SSH}.exec_command(self, command, bufsize, timeout, get_pty, environment)": nothing(),
    f"{SSH}.invoke_shell(self, *args, **kwargs)": returns(CHANNEL),
    f"{SSH}.get_transport(self)": returns(TRANSPORT),
    f"{SSH}.open_sftp(self)": returns(SFTP),
    f"{SSH}.load_system_host_keys(self, filename)": read("filename", default="~/.ssh/known_hosts"),
    f"{SSH}.load_host_keys(self, filename)": read("filename"),
    f"{SSH}.save_host_keys(self, filename)": write("filename"),
    f"{SSH}.get_host_keys(self)": nothing(),
    f"{SSH}.set_missing_host_key_policy(self, policy)": nothing(),
    f"{SSH}.set_log_channel(self, name)": nothing(),
    f"{SSH}.close(self)": nothing(),
    f"{TRANSPORT}(sock, *args, **kwargs)": effect(
        Reaches(address="sock", scheme="ssh", method="connect"),
        Connects("sock", scheme="ssh", or_object=True),
        gives=TRANSPORT,
    ),
    f"{TRANSPORT}.connect(self, hostkey, username, password, pkey, *args, **kwargs)": nothing(),
    f"{TRANSPORT}.auth_*(self, *args, **kwargs)": nothing(),
    f"{TRANSPORT}.open_session(self, *args, **kwargs)": returns(CHANNEL),
    f"{TRANSPORT}.open_channel(self, kind, dest_addr, *args, **kwargs)": effect(
        Reaches(address="dest_addr", method="connect"), gives=CHANNEL
    ),
    f"{TRANSPORT}.open_sftp_client(self)": returns(SFTP),
    f"{TRANSPORT}.load_server_moduli(filename)": read("filename"),
    f"{TRANSPORT}.close(self)": nothing(),
    f"{CHANNEL}.exec_command(self, command)": nothing(),
    f"{CHANNEL}.send(self, s)": nothing(),
    f"{CHANNEL}.recv(self, nbytes)": nothing(),
    f"{CHANNEL}.close(self)": nothing(),
    f"{SFTP}.from_transport(t, *args, **kwargs)": returns(SFTP),
    f"{SFTP}.put(self, localpath, remotepath, callback, confirm)": effect(
        Files("read", ("localpath",)), Calls("callback")
    ),
    f"{SFTP}.get(self, remotepath, localpath, callback, prefetch, *args, **kwargs)": effect(
        Files("write", ("localpath",)), Calls("callback")
    ),
    f"{SFTP}.putfo(self, fl, remotepath, file_size, callback, confirm)": effect(Calls("callback")),
    f"{SFTP}.getfo(self, remotepath, fl, callback, *args, **kwargs)": effect(Calls("callback")),
    f"{SFTP}.open(self, filename, mode, bufsize)": returns("io.File"),
    **_remote_files(SFTP),
    **{
        f"paramiko.{kind}.{name}": does
        for kind in "PKey RSAKey DSSKey ECDSAKey Ed25519Key AgentKey".split()
        for name, does in {
            "from_private_key_file(filename, password)": effect(Files("read", ("filename",)), gives=KEYS),
            "from_path(path, passphrase)": effect(Files("read", ("path",)), gives=KEYS),
            "from_private_key(file_obj, password)": returns(KEYS),
            "generate(bits, *args)": returns(KEYS),
        }.items()
    },
    **{
        f"paramiko.{kind}(msg, data, filename, password, *args)": effect(
            Files("read", ("filename",)), gives=KEYS
        )
        for kind in "RSAKey DSSKey ECDSAKey Ed25519Key".split()
    },
    f"{KEYS}.write_private_key_file(self, filename, password)": write("filename"),
    f"{KEYS}.write_private_key(self, file_obj, password)": nothing(),
    f"{KEYS}.get_base64(self)": nothing(),
    "paramiko.ProxyCommand(command_line)": effect(shell_text("command_line")),
    "paramiko.SSHConfig()": returns("paramiko.SSHConfig"),
    "paramiko.SSHConfig.from_path(path)": effect(Files("read", ("path",)), gives="paramiko.SSHConfig"),
    "paramiko.SSHConfig.lookup(self, hostname)": nothing(),
    "paramiko.HostKeys(filename)": effect(Files("read", ("filename",)), gives="paramiko.HostKeys"),
    "paramiko.HostKeys.load(self, filename)": read("filename"),
    "paramiko.HostKeys.save(self, filename)": write("filename"),
    "paramiko.util.load_host_keys(filename)": read("filename"),
    "paramiko.util.log_to_file(filename, level)": write("filename"),
    "asyncssh.connect(host, port, *, client_keys, known_hosts, **kwargs)": LOGS_IN
    + effect(Files("read", ("client_keys",)), gives="asyncssh.SSHClientConnection"),
    "asyncssh.SSHClientConnection.run(self, *args, **kwargs)": nothing(),
    "asyncssh.SSHClientConnection.start_sftp_client(self, **kwargs)": returns("asyncssh.SFTPClient"),
    "asyncssh.SSHClientConnection.close(self)": nothing(),
    "asyncssh.SFTPClient.put(self, localpaths, remotepath, **kwargs)": read("localpaths"),
    "asyncssh.SFTPClient.get(self, remotepaths, localpath, **kwargs)": write("localpath"),
    "asyncssh.scp(srcpaths, dstpath, **kwargs)": effect(
        Unlisted("which of its paths are on which machine is in their text")
    ),
    "asyncssh.listen(host, port, **kwargs)": effect(Reaches(host="host", port="port", method="listen")),
    f"{CONNECTION}(host, user, port, config, gateway, forward_agent, connect_timeout, connect_kwargs, inline_ssh_env)": LOGS_IN
    + effect(Files("read", ("connect_kwargs.key_filename",)), gives=CONNECTION),
    f"{CONNECTION}.open(self)": nothing(),
    f"{CONNECTION}.run(self, command, **kwargs)": nothing(),
    f"{CONNECTION}.sudo(self, command, **kwargs)": nothing(),
    f"{CONNECTION}.shell(self, **kwargs)": nothing(),
    f"{CONNECTION}.cd(self, path)": nothing(),
    f"{CONNECTION}.prefix(self, command)": nothing(),
    f"{CONNECTION}.local(self, command, **kwargs)": effect(shell_text("command")),
    f"{CONNECTION}.put(self, local, remote, preserve_mode)": read("local"),
    f"{CONNECTION}.get(self, remote, local, preserve_mode)": write("local"),
    f"{CONNECTION}.sftp(self)": returns(SFTP),
    f"{CONNECTION}.forward_local(self, local_port, remote_port, remote_host, local_host)": effect(
        Reaches(host="local_host", port="local_port", method="listen", default="localhost")
    ),
    f"{CONNECTION}.close(self)": nothing(),
    "fabric.SerialGroup(*hosts, **kwargs)": effect(
        Reaches(host="hosts[]", scheme="ssh", method="connect"), gives=CONNECTION
    ),
    "fabric.ThreadingGroup(*hosts, **kwargs)": effect(
        Reaches(host="hosts[]", scheme="ssh", method="connect"), gives=CONNECTION
    ),
    "pysftp.Connection(host, username, private_key, password, port, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="sftp", method="connect"),
        Files("read", ("private_key",)),
        gives="pysftp.Connection",
    ),
    "pysftp.Connection.put(self, localpath, remotepath, **kwargs)": read("localpath"),
    "pysftp.Connection.put_r(self, localpath, remotepath, **kwargs)": effect(
        Files("read", ("localpath",), recursive=True)
    ),
    "pysftp.Connection.get(self, remotepath, localpath, **kwargs)": write("localpath"),
    "pysftp.Connection.get_r(self, remotedir, localdir, **kwargs)": effect(
        Files("write", ("localdir",), below=True)
    ),
    **_remote_files("pysftp.Connection"),
    "ftputil.FTPHost(host, user, passwd, *args, **kwargs)": effect(
        Reaches(host="host", scheme="ftp", method="connect"), gives="ftputil.FTPHost"
    ),
    "ftputil.FTPHost.upload(self, source, target, callback)": read("source"),
    "ftputil.FTPHost.download(self, source, target, callback)": write("target"),
    "ftputil.FTPHost.open(self, path, mode, **kwargs)": returns("io.File"),
    **_remote_files("ftputil.FTPHost"),
    "netmiko.ConnectHandler(*, host, ip, device_type, port, key_file, session_log, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="ssh", method="connect"),
        Reaches(host="ip", port="port", scheme="ssh", method="connect"),
        Files("read", ("key_file",)),
        Files("write", ("session_log",)),
        gives="netmiko.BaseConnection",
    ),
    "netmiko.BaseConnection.send_command(self, command_string, *args, **kwargs)": nothing(),
    "netmiko.BaseConnection.send_config_set(self, config_commands, *args, **kwargs)": nothing(),
    "netmiko.BaseConnection.send_config_from_file(self, config_file, **kwargs)": read("config_file"),
    "netmiko.BaseConnection.disconnect(self)": nothing(),
    "winrm.Session(target, auth, **kwargs)": effect(
        Reaches(host="target", method="connect"), gives="winrm.Session"
    ),
    "winrm.Session.run_cmd(self, command, args)": nothing(),
    "winrm.Session.run_ps(self, script)": nothing(),
    "ldap3.Server(host, port, use_ssl, *args, **kwargs)": effect(
        Connects("host", port="port", scheme="ldap"), gives="ldap3.Connection"
    ),
    "ldap3.Connection(server, user, password, *args, **kwargs)": effect(
        Connects("server", scheme="ldap", or_object=True), gives="ldap3.Connection"
    ),
    "ldap3.Connection.*(self, *args, **kwargs)": nothing(),
    # packets
    "scapy.*(*args, **kwargs)": effect(Unlisted("sends packets that it is told to make")),
    "nmap.PortScanner(*args)": returns("nmap.PortScanner"),
    "nmap.PortScanner.scan(self, hosts, ports, arguments, sudo, timeout)": effect(
        Spawns(None, fixed=("nmap",)), Reaches(host="hosts", method="connect")
    ),
    "ping3.ping(dest_addr, *args, **kwargs)": effect(Reaches(host="dest_addr", method="connect")),
    "zmq.*(*args, **kwargs)": effect(Unlisted("which address it connects to is said to a socket later")),
    # queues and calls
    "paho.mqtt.client.Client(*args, **kwargs)": returns("paho.mqtt.client.Client"),
    "paho.mqtt.client.Client.connect(self, host, port, keepalive, **kwargs)": effect(
        Reaches(host="host", port="port", scheme="mqtt", method="connect")
    ),
    "paho.mqtt.publish.single(topic, payload, qos, retain, hostname, port, **kwargs)": effect(
        Reaches(host="hostname", port="port", scheme="mqtt", method="connect", default="localhost")
    ),
    "pika.ConnectionParameters(host, port, virtual_host, credentials, *args, **kwargs)": _queue(),
    "pika.URLParameters(url)": effect(Connects("url")),
    "aio_pika.connect(url, *, host, port, **kwargs)": effect(
        Connects("url", "host", "port", "amqp", default="localhost")
    ),
    "aio_pika.connect_robust(url, *, host, port, **kwargs)": effect(
        Connects("url", "host", "port", "amqp", default="localhost")
    ),
    "kombu.Connection(hostname, *args, **kwargs)": effect(
        Connects("hostname", scheme="amqp", host="hostname", default="localhost")
    ),
    "kafka.KafkaProducer(*, bootstrap_servers, **kwargs)": effect(
        Connects("bootstrap_servers", scheme="kafka", default="localhost")
    ),
    "kafka.KafkaConsumer(*topics, bootstrap_servers, **kwargs)": effect(
        Connects("bootstrap_servers", scheme="kafka", default="localhost")
    ),
    "kafka.KafkaAdminClient(*, bootstrap_servers, **kwargs)": effect(
        Connects("bootstrap_servers", scheme="kafka", default="localhost")
    ),
    "aiokafka.AIOKafkaProducer(*, bootstrap_servers, **kwargs)": effect(
        Connects("bootstrap_servers", scheme="kafka", default="localhost")
    ),
    "aiokafka.AIOKafkaConsumer(*topics, bootstrap_servers, **kwargs)": effect(
        Connects("bootstrap_servers", scheme="kafka", default="localhost")
    ),
    "confluent_kafka.Producer(config, *args, **kwargs)": effect(
        Connects("config.bootstrap", scheme="kafka", default="localhost")
    ),
    "nats.connect(servers, **kwargs)": effect(Connects("servers", scheme="nats", default="localhost")),
    "celery.Celery(main, loader, backend, amqp, events, log, control, set_as_current, tasks, broker, *args, **kwargs)": effect(
        Connects("broker", scheme="amqp", default="localhost"), gives="celery.Celery"
    )
    + effect(Connects("backend", or_object=True)),
    "celery.Celery.send_task(self, name, *args, **kwargs)": nothing(),
    "celery.Celery.start(self, argv)": nothing(),
    "rq.Queue(name, default_timeout, connection, **kwargs)": returns("rq.Queue"),
    "rq.Queue.enqueue(self, f, *args, **kwargs)": effect(Calls("f", rest="args")),
    "grpc.insecure_channel(target, options, compression)": effect(Connects("target", scheme="http")),
    "grpc.secure_channel(target, credentials, options, compression)": effect(
        Connects("target", scheme="https")
    ),
    "grpc.aio.insecure_channel(target, *args, **kwargs)": effect(Connects("target", scheme="http")),
    "grpc.aio.secure_channel(target, credentials, *args, **kwargs)": effect(
        Connects("target", scheme="https")
    ),
    "grpc.server(thread_pool, *args, **kwargs)": returns("grpc.Server"),
    "grpc.Server.add_insecure_port(self, address)": effect(Reaches(host="address", method="listen")),
    "grpc.Server.add_secure_port(self, address, server_credentials)": effect(
        Reaches(host="address", method="listen")
    ),
    "grpc.Server.start(self)": nothing(),
    "Pyro5.api.Proxy(uri, *args)": effect(Unlisted("calls the methods of an object on another machine")),
    "rpyc.connect(host, port, *args, **kwargs)": effect(
        Reaches(host="host", port="port", method="connect"),
        Unlisted("runs code on another machine, and lets it run code here"),
    ),
}
