"""The modules inside the packages of the standard library, of Python 3.10 to 3.13 together.

`from xml.etree import ElementTree` reaches a module, `from zipfile import ZipFile` a class: which is which
must not depend on the Python that the gate happens to run on.
"""

from __future__ import annotations

SUBMODULES: frozenset[str] = frozenset(
    """
    asyncio.base_events asyncio.base_futures asyncio.base_subprocess asyncio.base_tasks asyncio.constants
    asyncio.coroutines asyncio.events asyncio.exceptions asyncio.format_helpers asyncio.futures
    asyncio.locks asyncio.log asyncio.mixins asyncio.proactor_events asyncio.protocols asyncio.queues
    asyncio.runners asyncio.selector_events asyncio.sslproto asyncio.staggered asyncio.streams
    asyncio.subprocess asyncio.taskgroups asyncio.tasks asyncio.threads asyncio.timeouts
    asyncio.transports asyncio.trsock asyncio.unix_events asyncio.windows_events asyncio.windows_utils
    collections.abc concurrent.futures concurrent.futures.process concurrent.futures.thread
    ctypes.macholib ctypes.macholib.dyld ctypes.macholib.dylib ctypes.macholib.framework ctypes.util
    ctypes.wintypes curses.ascii curses.has_key curses.panel curses.textpad dbm.dumb dbm.gnu dbm.ndbm
    dbm.sqlite3 email.base64mime email.charset email.contentmanager email.encoders email.errors
    email.feedparser email.generator email.header email.headerregistry email.iterators email.message
    email.mime email.mime.application email.mime.audio email.mime.base email.mime.image email.mime.message
    email.mime.multipart email.mime.nonmultipart email.mime.text email.parser email.policy
    email.quoprimime email.utils html.entities html.parser http.client http.cookiejar http.cookies
    http.server importlib.abc importlib.machinery importlib.metadata importlib.metadata.diagnose
    importlib.readers importlib.resources importlib.resources.abc importlib.resources.readers
    importlib.resources.simple importlib.simple importlib.util json.decoder json.encoder json.scanner
    json.tool logging.config logging.handlers multiprocessing.connection multiprocessing.context
    multiprocessing.dummy multiprocessing.dummy.connection multiprocessing.forkserver multiprocessing.heap
    multiprocessing.managers multiprocessing.pool multiprocessing.popen_fork
    multiprocessing.popen_forkserver multiprocessing.popen_spawn_posix multiprocessing.popen_spawn_win32
    multiprocessing.process multiprocessing.queues multiprocessing.reduction
    multiprocessing.resource_sharer multiprocessing.resource_tracker multiprocessing.shared_memory
    multiprocessing.sharedctypes multiprocessing.spawn multiprocessing.synchronize multiprocessing.util
    os.path sqlite3.dbapi2 sqlite3.dump unittest.async_case unittest.case
    unittest.loader unittest.main unittest.mock unittest.result unittest.runner unittest.signals
    unittest.suite unittest.util urllib.error urllib.parse urllib.request urllib.response
    urllib.robotparser wsgiref.handlers wsgiref.headers wsgiref.simple_server wsgiref.types wsgiref.util
    wsgiref.validate xml.dom xml.dom.NodeFilter xml.dom.domreg xml.dom.expatbuilder xml.dom.minicompat
    xml.dom.minidom xml.dom.pulldom xml.dom.xmlbuilder xml.etree xml.etree.ElementInclude
    xml.etree.ElementPath xml.etree.ElementTree xml.etree.cElementTree xml.parsers xml.parsers.expat
    xml.sax xml.sax.expatreader xml.sax.handler xml.sax.saxutils xml.sax.xmlreader xmlrpc.client
    xmlrpc.server
    """.split()
)
