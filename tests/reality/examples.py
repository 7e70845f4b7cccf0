"""The example of each entry of the catalogue: a call of it, with harmless operands that are there.

What a parameter gets follows from what the entry says of it (a path that is read is one that exists, a path that is
written a new one, a host is one that no network leads to), then from its name.  What needs more has a line in
`CALLS`.  Entries of methods are called on the object of `RECEIVERS`.
"""

from __future__ import annotations

import importlib
import inspect
import pickle
import sys
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from execgate.operations import CATALOGUE, lookup
from execgate.operations.effects import (
    Controls,
    Deserializes,
    Effect,
    Environment,
    Files,
    Imports,
    Native,
    Opens,
    Reaches,
    Spawns,
    Sql,
)
from execgate.operations.entry import Entry

from .recording import Job

TELLING = (Files, Opens, Reaches, Spawns, Environment, Controls, Deserializes, Native, Sql, Imports)
"""The effects that an audit event can tell of."""
FAR = "198.51.100.7"
"""A host of which every network knows that it is nowhere (RFC 5737)."""


def _zip() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("member.txt", (2024, 1, 1, 0, 0, 0)), "x")
        archive.writestr(zipfile.ZipInfo("job.py", (2024, 1, 1, 0, 0, 0)), "x = 1\n")
    return buffer.getvalue()


FILES: dict[str, bytes] = {
    "data.txt": b"one\ntwo\n",
    "other.txt": b"three\n",
    "data.csv": b"a,b\n1,2\n",
    "data.json": b'{"a": 1}',
    "data.ini": b"[a]\nx = 1\n",
    "data.xml": b"<a><b/></a>",
    "data.zip": _zip(),
    "data.pickle": pickle.dumps(range(3)),
    "job.py": b"import json\n\n\ndef f():\n    return 1\n",
    "job.txt": b">>> 1 + 1\n2\n",
    "netrc": b"machine example.com login a password b\n",
    "mail.mbox": b"From a Mon Jan  1 00:00:00 2024\nSubject: x\n\nbody\n",
    "folder/inside.txt": b"x",
    "folder/deeper/more.txt": b"y",
    "left/same.txt": b"1",
    "right/same.txt": b"1",
    "cookies.txt": b"#LWP-Cookies-2.0\n",
}
"""What every example finds in its folder, beside an empty folder `empty`."""

# Which of the files an existing path stands for, by the beginning of the entry's name.
SUITS: dict[str, str] = {
    "zipfile": "data.zip",
    "zipapp": "data.zip",
    "zipimport": "data.zip",
    "xml": "data.xml",
    "json": "data.json",
    "configparser": "data.ini",
    "logging.config": "data.ini",
    "py_compile": "job.py",
    "runpy": "job.py",
    "tabnanny": "job.py",
    "tokenize": "job.py",
    "modulefinder": "job.py",
    "importlib": "job.py",
    "imp": "job.py",
    "pydoc": "job.py",
    "netrc": "netrc",
    "mailbox": "mail.mbox",
    "doctest": "job.txt",
    "http.cookiejar": "cookies.txt",
    "site": "folder",
    "shutil.unpack_archive": "data.zip",
    "compileall.compile_file": "job.py",
}

FOLDERS = frozenset("top dir folder root_dir dirname sitedir start_dir directory root env_dir".split())
"""Parameters that are folders."""

# What a parameter gets by its name where the entry says nothing of it.
VALUES: dict[str, str] = {
    "mode": "'r'",
    "flags": "0",
    "data": "b'x'",
    "text": "'x'",
    "func": "print",
    "function": "print",
    "fn": "print",
    "callback": "print",
    "fd": "1",
    "uid": "-1",
    "gid": "-1",
    "user": "65532",
    "length": "1",
    "format": "'zip'",
    "host": f"'{FAR}'",
    "port": "9",
    "timeout": "1",
    "name": "'x'",
    "attribute": "'user.x'",
    "value": "b'x'",
    "lineno": "1",
    "pathname": "'*.txt'",
    "pattern": "'*.txt'",
    "signal": "0",
    "signalnum": "10",
    "sig": "10",
    "handler": "1",
    "file_or_filename": "'new.xml'",
    "statement": "'1 + 1'",
    "sql": "'CREATE TABLE t (x)'",
    "sql_script": "'CREATE TABLE t (x)'",
    "seq_of_parameters": "[]",
    "parameters": "()",
    "domain": "'demo'",
    "common": "['same.txt']",
    "globals": "{}",
    "locals": "{}",
    "key": "'EXAMPLE'",
    "target": "'new.txt'",
    "member": "'member.txt'",
    "resource": "'decoder.py'",
    "operation": "'open'",
    "which": "0",
    "who": "0",
    "priority": "0",
    "increment": "0",
    "pid": "os.getpid()",
    "pgid": "os.getpgrp()",
    "limits": "(10, 10)",
    "handlerClass": "print",
    "RequestHandlerClass": "print",
    "request": "None",
    "client_connected_cb": "print",
    "protocol_factory": "print",
    "app": "print",
    "encoding": "None",
    "times": "None",
    "args": "['true']",
    "argv": "['true']",
    "env": "{'PATH': '/usr/bin:/bin'}",
    "cmd": "'true'",
    "iterable": "[1]",
    "sock": "socket.socket()",
    "address": f"('{FAR}', 9)",
    "fromaddr": "'a@example.com'",
    "toaddrs": "['b@example.com']",
    "subject": "'x'",
    "default": "None",
    "base_name": "'new'",
    "dictionary": "{}",
    "dict": "{}",
    "factory": "None",
    "handler_class": "print",
    "table": "'t'",
    "column": "'x'",
    "row": "1",
    "digest": "'sha256'",
    "resource_": "1",
    "prompt": "''",
    "thread_id": "threading.get_ident()",
    "how": "0",
    "mask": "()",
    "who_": "0",
    "when": "'midnight'",
    "buffers": "[b'x']",
    "size": "10",
    "thing": "'json'",
    "modname": "'json'",
    "message": "'x'",
    "ident": "'x'",
    "element": "xml.etree.ElementTree.Element('a')",
    "h": "None",
    "type": "socket.SOCK_STREAM",
    "family": "socket.AF_INET",
}

# How an object of a type is made.
RECEIVERS: dict[str, str] = {
    "argparse.FileType": "argparse.FileType('r')",
    "asyncio.AbstractEventLoop": "asyncio.new_event_loop()",
    "configparser.ConfigParser": "configparser.ConfigParser()",
    "filecmp.dircmp": "filecmp.dircmp('left', 'right')",
    "ftplib.FTP": "ftplib.FTP()",
    "http.client.HTTPConnection": f"http.client.HTTPConnection('{FAR}', 9, timeout=1)",
    "http.cookiejar.FileCookieJar": "http.cookiejar.LWPCookieJar()",
    "logging.handlers.SocketHandler": f"logging.handlers.SocketHandler('{FAR}', 9)",
    "mimetypes.MimeTypes": "mimetypes.MimeTypes()",
    "modulefinder.ModuleFinder": "modulefinder.ModuleFinder()",
    "os._Environ": "os.environ",
    "pathlib.Path": "pathlib.Path('data.txt')",
    "pstats.Stats": "pstats.Stats(cProfile.Profile())",
    "profile.Profile": "cProfile.Profile()",
    "smtplib.SMTP": "smtplib.SMTP()",
    "socket.socket": "socket.socket()",
    "sqlite3.Connection": "sqlite3.connect('data.db')",
    "sqlite3.Cursor": "sqlite3.connect('data.db').cursor()",
    "ssl.SSLContext": "ssl.create_default_context()",
    "tarfile.TarFile": "tarfile.open('new.tar', 'w')",
    "tracemalloc.Snapshot": "tracemalloc.take_snapshot()",
    "unittest.TestLoader": "unittest.TestLoader()",
    "urllib.request.OpenerDirector": "urllib.request.build_opener()",
    "urllib.robotparser.RobotFileParser": f"urllib.robotparser.RobotFileParser('http://{FAR}/robots.txt')",
    "xml.etree.ElementTree.ElementTree": "xml.etree.ElementTree.ElementTree(xml.etree.ElementTree.Element('a'))",
    "xml.sax.xmlreader.XMLReader": "xml.sax.make_parser()",
    "xmlrpc.client.Transport": "xmlrpc.client.Transport()",
    "zipfile.ZipFile": "zipfile.ZipFile('data.zip')",
    "zipfile.PyZipFile": "zipfile.PyZipFile('new.zip', 'w')",
    "pickle.Unpickler": "pickle.Unpickler(open('data.pickle', 'rb'))",
    "pickle._Unpickler": "pickle._Unpickler(open('data.pickle', 'rb'))",
    "imaplib.IMAP4": "imaplib.IMAP4.__new__(imaplib.IMAP4)",
    "telnetlib.Telnet": "telnetlib.Telnet()",
    "pipes.Template": "pipes.Template()",
    "shlex.shlex": "shlex.shlex('x')",
    "optparse.Values": "optparse.Values()",
    "trace.CoverageResults": "trace.CoverageResults()",
    "webbrowser.BaseBrowser": "webbrowser.get('true')",
    "multiprocessing.context.BaseContext": "multiprocessing.get_context()",
    "gzip.GzipFile": "gzip.GzipFile('new.gz', 'w')",
    "mailbox.Mailbox": "mailbox.mbox('mail.mbox')",
    "venv.EnvBuilder": "venv.EnvBuilder()",
    "urllib.request.Request": f"urllib.request.Request('http://{FAR}/')",
    "urllib.request.URLopener": "urllib.request.URLopener()",
    "urllib.request.HTTPHandler": "urllib.request.HTTPHandler()",
    "urllib.request.FileHandler": "urllib.request.FileHandler()",
    "zipfile.Path": "zipfile.Path('data.zip')",
    "cmd.Cmd": "cmd.Cmd()",
}

# Whole calls, where the parameters alone do not make a sensible one.
CALLS: dict[str, str] = {
    "os.rmdir": "os.rmdir('empty')",
    "os.removedirs": "os.removedirs('empty')",
    "os.execle": "os.execle('/usr/bin/true', 'true', {})",
    "os.execlpe": "os.execlpe('true', 'true', {})",
    "os.execl": "os.execl('/usr/bin/true', 'true')",
    "os.execlp": "os.execlp('true', 'true')",
    "os.spawnl": "os.spawnl(os.P_WAIT, '/usr/bin/true', 'true')",
    "os.spawnle": "os.spawnle(os.P_WAIT, '/usr/bin/true', 'true', {})",
    "os.spawnlp": "os.spawnlp(os.P_WAIT, 'true', 'true')",
    "os.spawnlpe": "os.spawnlpe(os.P_WAIT, 'true', 'true', {})",
    "os.spawnv": "os.spawnv(os.P_WAIT, '/usr/bin/true', ['true'])",
    "os.spawnve": "os.spawnve(os.P_WAIT, '/usr/bin/true', ['true'], {})",
    "os.spawnvp": "os.spawnvp(os.P_WAIT, 'true', ['true'])",
    "os.spawnvpe": "os.spawnvpe(os.P_WAIT, 'true', ['true'], {})",
    "os.execv": "os.execv('/usr/bin/true', ['true'])",
    "os.execve": "os.execve('/usr/bin/true', ['true'], {})",
    "os.posix_spawn": "os.posix_spawn('/usr/bin/true', ['true'], {})",
    "os.posix_spawnp": "os.posix_spawnp('true', ['true'], {})",
    "os.fork": "os.fork() or os._exit(0)",
    "os.forkpty": "os.forkpty()[0] or os._exit(0)",
    "pty.fork": "pty.fork()[0] or os._exit(0)",
    "pty.spawn": "pty.spawn(['true'], lambda fd: os.read(fd, 10))",
    "os.kill": "os.kill(os.getpid(), 0)",
    "os.killpg": "os.killpg(os.getpgrp(), 0)",
    "os.putenv": "os.putenv('EXAMPLE', '1')",
    "os.unsetenv": "os.unsetenv('EXAMPLE')",
    "os.getenvb": "os.getenvb(b'HOME')",
    "os._Environ.__getitem__": "os.environ['HOME']",
    "os._Environ.__setitem__": "os.environ['EXAMPLE'] = '1'",
    "os._Environ.__delitem__": "del os.environ['LANG']",
    "os._Environ.__contains__": "'HOME' in os.environ",
    "os._Environ.__iter__": "list(os.environ)",
    "os._Environ.__or__": "os.environ | {'A': '1'}",
    "os._Environ.__ror__": "{'A': '1'} | os.environ",
    "os._Environ.__ior__": "os.environ |= {'A': '1'}",
    "os._Environ.update": "os.environ.update({'EXAMPLE': '1'})",
    "os._Environ.setdefault": "os.environ.setdefault('EXAMPLE', '1')",
    "os._Environ.pop": "os.environ.pop('LANG')",
    "os._Environ.get": "os.environ.get('HOME')",
    "os.path.expandvars": "os.path.expandvars('$HOME/x')",
    "os.open": "os.open('data.txt', os.O_RDONLY)",
    "os.symlink": "os.symlink('data.txt', 'new.txt')",
    "os.getxattr": "os.getxattr('data.txt', 'user.x')",
    "os.setxattr": "os.setxattr('data.txt', 'user.x', b'1')",
    "os.walk": "list(os.walk('folder'))",
    "os.fwalk": "list(os.fwalk('folder'))",
    "os.scandir": "list(os.scandir('folder'))",
    "glob.iglob": "list(glob.iglob('folder/*.txt'))",
    "glob.glob": "glob.glob('*.txt', root_dir='folder')",
    "glob.glob0": "glob.glob0('folder', 'inside.txt')",
    "glob.glob1": "glob.glob1('folder', '*.txt')",
    "fileinput.input": "list(fileinput.input(['data.txt'], inplace=True))",
    "fileinput.FileInput": "list(fileinput.FileInput(['data.txt']))",
    "filecmp.dircmp": "filecmp.dircmp('left', 'right').report_full_closure()",
    "shutil.copytree": "shutil.copytree('folder', 'new')",
    "shutil.rmtree": "shutil.rmtree('folder')",
    "shutil.make_archive": "shutil.make_archive('new', 'zip', 'folder')",
    "shutil.unpack_archive": "shutil.unpack_archive('data.zip', 'new')",
    "zipfile.ZipFile": "zipfile.ZipFile('data.zip', 'a').read('member.txt')",
    "zipfile.ZipFile.write": "zipfile.ZipFile('new.zip', 'w').write('data.txt')",
    "zipfile.ZipFile.extract": "zipfile.ZipFile('data.zip').extract('member.txt', 'new')",
    "zipfile.ZipFile.extractall": "zipfile.ZipFile('data.zip').extractall('new')",
    "zipfile.PyZipFile.writepy": "zipfile.PyZipFile('new.zip', 'w').writepy('job.py')",
    "zipapp.create_archive": "zipapp.create_archive('folder', 'new.pyz', main='a:b')",
    "tarfile.TarFile.add": "tarfile.open('new.tar', 'w').add('folder')",
    "tarfile.TarFile.extractall": "tarfile.open('made.tar').extractall('new')",
    "tarfile.TarFile.extract": "tarfile.open('made.tar').extract('data.txt', 'new')",
    "tarfile.open": "tarfile.open('made.tar').getnames()",
    "sqlite3.Connection.executemany": "sqlite3.connect('data.db').executemany('CREATE TABLE t (x)', [])",
    "sqlite3.Connection.backup": "sqlite3.connect('data.db').backup(sqlite3.connect('new.db'))",
    "pickle.load": "pickle.load(open('data.pickle', 'rb'))",
    "pickle.loads": "pickle.loads(open('data.pickle', 'rb').read())",
    "pickle._load": "pickle._load(open('data.pickle', 'rb'))",
    "pickle._loads": "pickle._loads(open('data.pickle', 'rb').read())",
    "pickle.Unpickler": "pickle.Unpickler(open('data.pickle', 'rb')).load()",
    "marshal.loads": "marshal.loads(marshal.dumps([1]))",
    "shelve.open": "shelve.open('new')",
    "dbm.open": "dbm.open('new', 'c')",
    "dbm.dumb.open": "dbm.dumb.open('new', 'c')",
    "dbm.whichdb": "dbm.whichdb('new')",
    "socket.create_connection": f"socket.create_connection(('{FAR}', 9), timeout=1)",
    "socket.create_server": "socket.create_server(('127.0.0.1', 0))",
    "socket.socket.bind": "socket.socket().bind(('127.0.0.1', 0))",
    "socket.socket.sendto": f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('{FAR}', 9))",
    "socket.socket.sendmsg": f"socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('{FAR}', 9))",
    "socket.getnameinfo": f"socket.getnameinfo(('{FAR}', 9), 0)",
    "socket.gethostbyaddr": f"socket.gethostbyaddr('{FAR}')",
    "socketserver.TCPServer": "socketserver.TCPServer(('127.0.0.1', 0), print)",
    "wsgiref.simple_server.make_server": "wsgiref.simple_server.make_server('127.0.0.1', 0, print)",
    "xmlrpc.server.SimpleXMLRPCServer": "xmlrpc.server.SimpleXMLRPCServer(('127.0.0.1', 0))",
    "http.client.HTTPConnection.request": f"http.client.HTTPConnection('{FAR}', 9, timeout=1).request('GET', '/')",
    "urllib.request.urlopen": f"urllib.request.urlopen('http://{FAR}/', timeout=1)",
    "urllib.request.urlretrieve": f"urllib.request.urlretrieve('http://{FAR}/', 'new.html')",
    "smtplib.SMTP": f"smtplib.SMTP('{FAR}', 9, timeout=1)",
    "xmlrpc.client.ServerProxy": f"xmlrpc.client.ServerProxy('http://{FAR}/').f()",
    "logging.basicConfig": "logging.basicConfig(filename='new.log')",
    "logging.handlers.RotatingFileHandler": (
        "logging.handlers.RotatingFileHandler('new.log', maxBytes=1, backupCount=1).doRollover()"
    ),
    "logging.handlers.TimedRotatingFileHandler": (
        "logging.handlers.TimedRotatingFileHandler('new.log', when='S', backupCount=1).doRollover()"
    ),
    "logging.handlers.SocketHandler": f"logging.handlers.SocketHandler('{FAR}', 9).createSocket()",
    "logging.handlers.DatagramHandler": f"logging.handlers.DatagramHandler('{FAR}', 9).send(b'x')",
    "logging.handlers.SysLogHandler": f"logging.handlers.SysLogHandler(('{FAR}', 514))",
    "logging.handlers.SMTPHandler": (
        f"logging.handlers.SMTPHandler('{FAR}', 'a@example.com', ['b@example.com'], 'x', timeout=1)"
        ".emit(logging.makeLogRecord({}))"
    ),
    "logging.handlers.HTTPHandler": (
        f"logging.handlers.HTTPHandler('{FAR}', '/x').emit(logging.makeLogRecord({{}}))"
    ),
    "asyncio.create_subprocess_exec": "asyncio.run(asyncio.create_subprocess_exec('true'))",
    "asyncio.create_subprocess_shell": "asyncio.run(asyncio.create_subprocess_shell('true'))",
    "asyncio.open_connection": f"asyncio.run(asyncio.open_connection('{FAR}', 9))",
    "asyncio.open_unix_connection": "asyncio.run(asyncio.open_unix_connection('new.sock'))",
    "asyncio.start_server": "asyncio.run(asyncio.start_server(print, '127.0.0.1', 0))",
    "asyncio.start_unix_server": "asyncio.run(asyncio.start_unix_server(print, 'new.sock'))",
    "multiprocessing.Process": "multiprocessing.Process(target=print).start()",
    "multiprocessing.Pool": "multiprocessing.Pool(1).map(print, [1])",
    "concurrent.futures.ProcessPoolExecutor": "concurrent.futures.ProcessPoolExecutor(1).submit(print).result()",
    "signal.pthread_kill": "signal.pthread_kill(threading.get_ident(), 0)",
    "signal.raise_signal": "signal.raise_signal(signal.SIGCHLD)",
    "resource.setrlimit": "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
    "resource.prlimit": "resource.prlimit(os.getpid(), resource.RLIMIT_CORE, (0, 0))",
    "mmap.mmap": "mmap.mmap(-1, 10)",
    "ctypes.CDLL": "ctypes.CDLL(None)",
    "pathlib.Path.mkdir": "pathlib.Path('new/deep').mkdir(parents=True)",
    "pathlib.Path.rmdir": "pathlib.Path('empty').rmdir()",
    "pathlib.Path.iterdir": "list(pathlib.Path('folder').iterdir())",
    "pathlib.Path.glob": "list(pathlib.Path('folder').glob('*.txt'))",
    "pathlib.Path.rglob": "list(pathlib.Path('folder').rglob('*.txt'))",
    "pathlib.Path.walk": "list(pathlib.Path('folder').walk())",
    "pathlib.Path.symlink_to": "pathlib.Path('new.txt').symlink_to('data.txt')",
    "pathlib.Path.hardlink_to": "pathlib.Path('new.txt').hardlink_to('data.txt')",
    "pathlib.Path.link_to": "pathlib.Path('data.txt').link_to('new.txt')",
    "pathlib.Path.write_text": "pathlib.Path('new.txt').write_text('x')",
    "pathlib.Path.write_bytes": "pathlib.Path('new.txt').write_bytes(b'x')",
    "pathlib.Path.touch": "pathlib.Path('new.txt').touch()",
    "pathlib.Path.open": "pathlib.Path('new.txt').open('w')",
    "pathlib.Path.chmod": "pathlib.Path('data.txt').chmod(0o600)",
    "os.chmod": "os.chmod('data.txt', 0o600)",
    "os.utime": "os.utime('data.txt')",
    "os.mkfifo": "os.mkfifo('new.fifo')",
    "os.truncate": "os.truncate('data.txt', 1)",
    "mailcap.findmatch": "mailcap.findmatch({'text/x': [{'view': 'true', 'test': 'true'}]}, 'text/x')",
    "configparser.ConfigParser.read": "configparser.ConfigParser().read('data.ini')",
    "xml.dom.minidom.parse": "xml.dom.minidom.parse('data.xml')",
    "xml.sax.parse": "xml.sax.parse('data.xml', xml.sax.ContentHandler())",
    "xml.etree.ElementTree.iterparse": "list(xml.etree.ElementTree.iterparse('data.xml'))",
    "webbrowser.open": "webbrowser.get('true').open('http://example.com/')",
    "uu.encode": "uu.encode('data.txt', 'new.txt')",
    "sqlite3.Connection.execute": "sqlite3.connect('data.db').execute('CREATE TABLE t (x)')",
    "mimetypes.MimeTypes": "mimetypes.MimeTypes(['data.txt'])",
    "wave.Wave_write": "wave.Wave_write('new.wav').setparams((1, 1, 8000, 0, 'NONE', ''))",
    "wave.open": "wave.open('new.wav', 'wb').setparams((1, 1, 8000, 0, 'NONE', ''))",
    "aifc.Aifc_write": "aifc.Aifc_write('new.aiff').setparams((1, 1, 8000, 0, b'NONE', b''))",
    "sunau.Au_write": "sunau.Au_write('new.au').setparams((1, 1, 8000, 0, 'NONE', ''))",
    "subprocess.run": "subprocess.run(['true'])",
    "subprocess.call": "subprocess.call(['true'])",
    "subprocess.check_call": "subprocess.check_call(['true'])",
    "subprocess.check_output": "subprocess.check_output(['true'])",
    "os.execvp": "os.execvp('true', ['true'])",
    "os.execvpe": "os.execvpe('true', ['true'], {})",
    "os.chdir": "os.chdir('folder')",
    "os.readlink": "os.readlink('data.txt')",
    "os.access": "os.access('data.txt', os.R_OK)",
    "os.fchmod": "os.fchmod(os.open('data.txt', os.O_RDONLY), 0o600)",
    "os.fchown": "os.fchown(os.open('data.txt', os.O_RDONLY), -1, -1)",
    "pathlib.Path.lchmod": "pathlib.Path('data.txt').lchmod(0o600)",
    "tempfile.NamedTemporaryFile": "tempfile.NamedTemporaryFile(dir='folder').close()",
    "tempfile.TemporaryFile": "tempfile.TemporaryFile(dir='folder')",
    "tempfile.SpooledTemporaryFile": "tempfile.SpooledTemporaryFile(dir='folder').rollover()",
    "tempfile.TemporaryDirectory": "tempfile.TemporaryDirectory(dir='folder').cleanup()",
    "tempfile.mkstemp": "tempfile.mkstemp(dir='folder')",
    "tempfile.mkdtemp": "tempfile.mkdtemp(dir='folder')",
    "py_compile.compile": "py_compile.compile('job.py', 'new.pyc')",
    "pipes.Template.append": "pipes.Template().append('true', '--')",
    "multiprocessing.shared_memory.SharedMemory": "multiprocessing.shared_memory.SharedMemory(create=True, size=9).unlink()",
    "importlib.resources.open_text": "importlib.resources.open_text('json', 'decoder.py')",
    "importlib.resources.read_text": "importlib.resources.read_text('json', 'decoder.py')",
    "shelve.DbfilenameShelf": "shelve.DbfilenameShelf('new')",
    "runpy.run_module": "runpy.run_module('this')",
    "marshal.load": "marshal.load(open('data.marshal', 'rb'))",
    "socket.socketpair": "socket.socketpair()",
    "asyncio.AbstractEventLoop.subprocess_exec": "None",
    "code.interact": "None",
    "turtle.write_docstringdict": "None",
    "ensurepip.bootstrap": "None",
    "http.server.test": "None",
    "logging.config.listen": "None",
    "multiprocessing.Manager": "multiprocessing.Manager().shutdown()",
    "os.chroot": "None",
    "venv.create": "venv.create('new', with_pip=False)",
    "compileall.compile_dir": "compileall.compile_dir('folder', quiet=2)",
    "multiprocessing.managers.BaseManager": "None",
    "multiprocessing.connection.Client": f"multiprocessing.connection.Client(('{FAR}', 9))",
    "multiprocessing.connection.Listener": "multiprocessing.connection.Listener(('127.0.0.1', 0))",
    "os.startfile": "None",
}

PRELUDE = """
import os
import tarfile

os.mkdir("empty")
with tarfile.open("made.tar", "w") as archive:
    archive.add("data.txt")
with open("data.marshal", "wb") as file:
    file.write(b"i\\x01\\x00\\x00\\x00")
"""
"""What an example's folder needs beside its files; it runs before anything is recorded."""


@dataclass(frozen=True, slots=True)
class Example:
    """A call of what an entry lists, as a program."""

    entry: Entry
    job: Job


def examples() -> Iterator[Example]:
    """Yield an example for every entry of the standard library that this Python has and that acts."""
    for name in CATALOGUE:
        entry = lookup(name)
        if entry is None or name.endswith("*") or not any(isinstance(e, TELLING) for e in entry.effects):
            continue
        text = call(entry)
        if text is not None:
            yield Example(entry, Job(f"example: {name}", program(text), FILES, PRELUDE))


def program(text: str) -> str:
    """Return a call as a program, with the imports that it needs."""
    modules = dict.fromkeys(_modules_of(text))
    return "".join(f"import {module}\n" for module in modules) + text + "\n"


def _modules_of(text: str) -> Iterator[str]:
    for word in _dotted(text):
        parts = word.split(".")
        if parts[0] not in sys.stdlib_module_names:
            continue
        for end in range(len(parts), 0, -1):
            if _imported(".".join(parts[:end])):
                yield ".".join(parts[:end])
                break


def _dotted(text: str) -> Iterator[str]:
    import re

    yield from re.findall(r"(?<![\w.'\"/])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", text)


def _imported(name: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name)
        except ImportError:
            return None


def call(entry: Entry) -> str | None:
    """Return the call of what an entry lists, None where this Python has no such thing."""
    found = _resolved(entry.name)
    if found is None:
        return None
    if entry.name in CALLS:
        return CALLS[entry.name]
    function = entry.name.removeprefix("builtins.")
    parameters = list(entry.parameters)
    if parameters[:1] == ["self"]:
        owner, _, method = entry.name.rpartition(".")
        if owner not in RECEIVERS or method.startswith("__"):
            return None
        function = f"{RECEIVERS[owner]}.{method}"
        parameters = parameters[1:]
    arguments = list(_arguments(entry, parameters, found))
    return f"{function}({', '.join(arguments)})"


def _resolved(name: str) -> object | None:
    parts = name.split(".")
    if parts[0] not in sys.stdlib_module_names:
        return None
    for end in range(len(parts) - 1, 0, -1):
        value = _imported(".".join(parts[:end]))
        if value is not None:
            for part in parts[end:]:
                value = getattr(value, part, None)
            return value
    return None


def _arguments(entry: Entry, parameters: list[str], function: object) -> Iterator[str]:
    """Yield the arguments: what is required, and what an effect names."""
    try:
        real = inspect.signature(function).parameters  # type: ignore[arg-type]
    except (TypeError, ValueError):
        real = None
    told = {place: value for effect in entry.effects for place, value in _told(effect, entry.name).items()}
    by_name = False
    last = max((index for index, name in enumerate(parameters) if name in told), default=-1)
    for index, parameter in enumerate(parameters):
        name = parameter.lstrip("*")
        if parameter in {"*", "/"} or parameter.startswith("**"):
            by_name = by_name or parameter == "*"
            continue
        known = real.get(name) if real is not None else None
        required = known is not None and known.default is known.empty
        wanted = name in told or required or (real is None and index <= last)
        if parameter.startswith("*"):
            if name in told:
                yield told[name]
            by_name = True
        elif wanted and (real is None or known is not None):
            value = told.get(name) or VALUES.get(name, "None")
            positional = not by_name and (known is None or known.kind is known.POSITIONAL_ONLY)
            yield value if positional else f"{name}={value}"
        elif not wanted and not by_name:
            by_name = True


def _told(effect: Effect, name: str) -> dict[str, str]:
    """Return what the places of an effect get."""
    match effect:
        case Files(operation=operation, paths=paths):
            return {
                path: _path(operation, index, path, name)
                for index, path in enumerate(paths)
                if "." not in path and "[" not in path
            }
        case Opens(path=path, kind=kind):
            return {path: repr("new") if kind == "dbm" else _path("read", 0, path, name)}
        case Reaches(url=url, address=address, host=host, method=method):
            found = {}
            if url is not None:
                found[url] = f"'http://{FAR}/x'"
            if address is not None:
                found[address] = (
                    f"('{FAR if method != 'listen' else '127.0.0.1'}', {9 if method != 'listen' else 0})"
                )
            if host is not None:
                found[host] = f"'{FAR}'"
            return {place: value for place, value in found.items() if "." not in place}
        case Spawns(command=command, shell=shell) if command is not None:
            return {command: "'true'" if shell is True else "['true']"}
        case Environment(name=variable) if variable is not None:
            return {variable: "'HOME'"}
        case Imports(module=module):
            return {module: "'json'"}
        case Deserializes(path=path) if path is not None:
            return {path: "'data.pickle'"}
    return {}


def _path(operation: str, index: int, parameter: str, name: str) -> str:
    makes = operation in {"write", "append", "create"} or (
        operation in {"copy", "move", "link"} and index > 0
    )
    if makes:
        return "'new'" if parameter in FOLDERS else "'new.txt'"
    if operation == "list" or parameter in FOLDERS:
        return "'folder'"
    fitting = [prefix for prefix in SUITS if name == prefix or name.startswith(f"{prefix}.")]
    return repr(SUITS[max(fitting, key=len)] if fitting else "other.txt" if index else "data.txt")
