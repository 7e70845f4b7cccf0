"""Which modules do nothing but compute, and which act on the world.

PURE: a call of any name below it that the catalogue does not list has no effect that a policy judges.
LISTED: it acts on the world, and its catalogue is meant to be complete: a call of a name below it that is
not listed is a gap.
REFUSED: it has no place in code that an agent writes; a call of a name below it is a gap, and this is why.

Every module of the standard library of Python 3.10 to 3.13 is in one of the three, or has an alias that is.
A module of anyone else is opaque: its calls are `opaque_call`s.  A longer name decides before a shorter
one: `xml` is pure though `xml.etree.ElementTree.parse` reads a file, `threading` is listed though
`threading.Lock` is harmless.  `libraries` says how far the catalogue goes for some of those.
"""

from __future__ import annotations

from execgate.operations.aliases import ALIASES
from execgate.operations.constants import CONSTANTS
from execgate.operations.harmless import HARMLESS
from execgate.operations.libraries import INSIDES, KNOWN

__all__ = ["ALIASES", "CONSTANTS", "KNOWN", "LISTED", "PURE", "REFUSED", "SENSITIVE"]

PURE: frozenset[str] = HARMLESS | frozenset(
    """
    __future__ _abc _ast _bisect _blake2 _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp
    _codecs_kr _codecs_tw _collections _collections_abc _colorize _compat_pickle _compression
    _contextvars _crypt _csv _datetime _decimal _elementtree _functools _hashlib _heapq _json _locale
    _lzma _markupbase _md5 _multibytecodec _opcode _opcode_metadata _operator _py_abc _pydatetime
    _pydecimal _pylong _queue _random _sha1 _sha2 _sha256 _sha3 _sha512 _sre _stat _statistics _string
    _strptime _struct _suggestions _symtable _threading_local _tokenize _typing _warnings _weakref
    _weakrefset _zoneinfo abc argparse array ast audioop base64 binascii bisect builtins bz2 calendar
    chunk cmath cmd codecs collections colorsys configparser contextlib contextvars copy copyreg crypt
    csv dataclasses datetime decimal difflib dis email encodings enum errno fnmatch fractions functools
    getopt gettext graphlib gzip hashlib heapq hmac html http inspect io ipaddress itertools json
    keyword locale logging lzma math mimetypes nturl2path numbers opcode operator optparse pickletools
    plistlib pprint pydoc_data pyexpat queue quopri random re reprlib secrets select selectors shlex
    sre_compile sre_constants sre_parse stat statistics string stringprep struct symtable sysconfig
    textwrap this time token tokenize tomllib traceback turtle types typing unicodedata unittest
    urllib.error urllib.parse urllib.response uuid warnings weakref wsgiref xdrlib xml zlib zoneinfo
    """.split()
)

LISTED: frozenset[str] = frozenset(
    """
    _thread aifc asynchat asyncio asyncore atexit binhex cProfile cgi code codeop compileall concurrent
    ctypes curses dbm doctest ensurepip faulthandler fcntl filecmp fileinput ftplib gc getpass glob grp
    http.client http.server imaplib imghdr imp importlib linecache logging.config logging.handlers
    mailbox mailcap marshal mmap modulefinder multiprocessing netrc nntplib os pathlib pickle pipes
    pkgutil platform poplib profile pstats pty pwd py_compile pyclbr pydoc readline resource runpy sched
    shelve shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 ssl subprocess sunau
    sys syslog tabnanny tarfile telnetlib tempfile termios threading timeit tkinter trace tracemalloc
    tty urllib urllib.request urllib.robotparser uu venv wave webbrowser wsgiref.simple_server xmlrpc
    zipapp zipfile zipimport
    """.split()
)

REFUSED: dict[str, str] = {
    **INSIDES,
    "__hello__": "it is a test of Python itself",
    "__phello__": "it is a test of Python itself",
    "_aix_support": "it asks another system than this one",
    "_android_support": "it serves another system than this one",
    "_bootsubprocess": "it starts programs for the build of Python itself",
    "_ctypes_test": "it is a test of Python itself",
    "_imp": "it loads modules behind the import system's back",
    "_interpchannels": "it hands code to other interpreters",
    "_interpqueues": "it hands code to other interpreters",
    "_interpreters": "it runs code in other interpreters",
    "_ios_support": "it serves another system than this one",
    "_lsprof": "it calls back at every call of the program",
    "_msi": "it serves another system than this one",
    "_multiprocessing": "it is the inside of `multiprocessing`",
    "_osx_support": "it serves another system than this one",
    "_overlapped": "it serves another system than this one",
    "_posixshmem": "it is the inside of shared memory",
    "_posixsubprocess": "it is the inside of `subprocess`",
    "_pyrepl": "it is the interactive prompt",
    "_scproxy": "it serves another system than this one",
    "_sitebuiltins": "it is the inside of the prompt",
    "_sysconfig": "it is the inside of `sysconfig`",
    "_testbuffer": "it is a test of Python itself",
    "_testcapi": "it is a test of Python itself",
    "_testclinic": "it is a test of Python itself",
    "_testclinic_limited": "it is a test of Python itself",
    "_testexternalinspection": "it is a test of Python itself",
    "_testimportmultiple": "it is a test of Python itself",
    "_testinternalcapi": "it is a test of Python itself",
    "_testlimitedcapi": "it is a test of Python itself",
    "_testmultiphase": "it is a test of Python itself",
    "_testsinglephase": "it is a test of Python itself",
    "_tkinter": "it is the inside of `tkinter`",
    "_tracemalloc": "it is the inside of `tracemalloc`",
    "_uuid": "it is the inside of `uuid`",
    "_winapi": "it serves another system than this one",
    "_wmi": "it serves another system than this one",
    "_xxinterpchannels": "it hands code to other interpreters",
    "_xxsubinterpreters": "it runs code in other interpreters",
    "_xxtestfuzz": "it is a test of Python itself",
    "antigravity": "it opens a browser",
    "asyncio.base_futures": "it is the inside of `asyncio`",
    "asyncio.base_subprocess": "it is the inside of `asyncio`",
    "asyncio.base_tasks": "it is the inside of `asyncio`",
    "asyncio.format_helpers": "it is the inside of `asyncio`",
    "asyncio.log": "it is the inside of `asyncio`",
    "asyncio.mixins": "it is the inside of `asyncio`",
    "asyncio.proactor_events": "it is the inside of `asyncio`",
    "asyncio.sslproto": "it is the inside of `asyncio`",
    "asyncio.staggered": "it is the inside of `asyncio`",
    "asyncio.trsock": "it is the inside of `asyncio`",
    "asyncio.windows_events": "it is the inside of `asyncio`",
    "asyncio.windows_utils": "it is the inside of `asyncio`",
    "bdb": "it traces the program that runs it",
    "cgitb": "it shows the frames of the program",
    "distutils": "it builds and installs packages",
    "idlelib": "it is an editor",
    "importlib.resources.readers": "it is the inside of `importlib.resources`",
    "importlib.resources.simple": "it is the inside of `importlib.resources`",
    "lib2to3": "it rewrites programs",
    "msilib": "it serves another system than this one",
    "msvcrt": "it serves another system than this one",
    "multiprocessing.forkserver": "it is the inside of `multiprocessing`",
    "multiprocessing.heap": "it is the inside of `multiprocessing`",
    "multiprocessing.popen_fork": "it is the inside of `multiprocessing`",
    "multiprocessing.popen_forkserver": "it is the inside of `multiprocessing`",
    "multiprocessing.popen_spawn_posix": "it is the inside of `multiprocessing`",
    "multiprocessing.popen_spawn_win32": "it is the inside of `multiprocessing`",
    "multiprocessing.reduction": "it is the inside of `multiprocessing`",
    "multiprocessing.resource_sharer": "it is the inside of `multiprocessing`",
    "multiprocessing.resource_tracker": "it is the inside of `multiprocessing`",
    "multiprocessing.spawn": "it is the inside of `multiprocessing`",
    "multiprocessing.util": "it is the inside of `multiprocessing`",
    "nis": "it asks the directory of the network",
    "ossaudiodev": "it drives sound hardware",
    "pdb": "it traces the program that runs it, by commands",
    "pip": "it installs packages",
    "rlcompleter": "it evaluates what is typed",
    "setuptools": "it builds and installs packages",
    "sysconfig.__main__": "it is for the build of Python itself",
    "test": "it is a test of Python itself",
    "turtledemo": "it is a demonstration",
    "unittest.test": "it is a test of Python itself",
    "winreg": "it serves another system than this one",
    "winsound": "it serves another system than this one",
    "wsgiref.handlers": "it serves through standard input and the environment",
    "xxlimited": "it is a test of Python itself",
    "xxlimited_35": "it is a test of Python itself",
    "xxsubtype": "it is a test of Python itself",
}

SENSITIVE: frozenset[str] = frozenset(
    # modules that stay themselves when another module re-exports them (random._os, linecache.os)
    """
    _ctypes _io _pickle _posixsubprocess _socket asyncio builtins code codecs concurrent.futures ctypes
    gc glob http.client importlib importlib.util inspect io linecache marshal multiprocessing nt os
    os.path pathlib pickle pkgutil platform posix posixpath pty requests runpy shutil signal socket
    sqlite3 ssl subprocess sys tarfile tempfile threading types urllib.request webbrowser zipfile
    zipimport
    """.split()
)
