"""Names in modules that act on the world which do not: types, exceptions, and functions that only compute.

A type that stands here has no method with an effect but those that the catalogue lists.
"""

from __future__ import annotations

HARMLESS: frozenset[str] = frozenset(
    """
    _thread.LockType _thread._local _thread.allocate _thread.allocate_lock _thread.exit
    _thread.exit_thread _thread.get_ident _thread.get_native_id _thread.stack_size aifc.Error
    aiohttp.BasicAuth aiohttp.ClientError aiohttp.ClientResponse aiohttp.ClientTimeout
    asynchat.async_chat asynchat.find_prefix_at_end asynchat.simple_producer
    asyncio.AbstractChildWatcher asyncio.AbstractEventLoop asyncio.AbstractEventLoopPolicy
    asyncio.AbstractServer asyncio.Barrier asyncio.BaseProtocol asyncio.BaseTransport
    asyncio.BoundedSemaphore asyncio.BrokenBarrierError asyncio.BufferedProtocol asyncio.CancelledError
    asyncio.Condition asyncio.DatagramProtocol asyncio.DatagramTransport asyncio.DefaultEventLoopPolicy
    asyncio.Event asyncio.FastChildWatcher asyncio.Future asyncio.Handle asyncio.IncompleteReadError
    asyncio.InvalidStateError asyncio.LifoQueue asyncio.LimitOverrunError asyncio.Lock
    asyncio.MultiLoopChildWatcher asyncio.PidfdChildWatcher asyncio.PriorityQueue asyncio.Protocol
    asyncio.Queue asyncio.QueueEmpty asyncio.QueueFull asyncio.QueueShutDown asyncio.ReadTransport
    asyncio.Runner asyncio.SafeChildWatcher asyncio.Semaphore asyncio.SendfileNotAvailableError
    asyncio.Server asyncio.StreamReader asyncio.StreamReaderProtocol asyncio.StreamWriter
    asyncio.SubprocessProtocol asyncio.SubprocessTransport asyncio.Task asyncio.TaskGroup
    asyncio.ThreadedChildWatcher asyncio.Timeout asyncio.TimeoutError asyncio.TimerHandle
    asyncio.Transport asyncio.WriteTransport asyncio.all_tasks asyncio.as_completed asyncio.constants
    asyncio.coroutine asyncio.create_eager_task_factory asyncio.create_task asyncio.current_task
    asyncio.eager_task_factory asyncio.ensure_future asyncio.gather asyncio.get_child_watcher
    asyncio.get_event_loop_policy asyncio.iscoroutine asyncio.iscoroutinefunction asyncio.isfuture
    asyncio.run asyncio.run_coroutine_threadsafe asyncio.set_child_watcher asyncio.set_event_loop
    asyncio.set_event_loop_policy asyncio.shield asyncio.sleep asyncio.subprocess asyncio.timeout
    asyncio.timeout_at asyncio.wait asyncio.wait_for asyncio.wrap_future asyncore.ExitNow
    asyncore.close_all asyncore.compact_traceback asyncore.dispatcher asyncore.dispatcher_with_send
    asyncore.file_wrapper asyncore.loop asyncore.poll asyncore.poll2 asyncore.poll3 asyncore.read
    asyncore.readwrite asyncore.write atexit.unregister binhex.Error cProfile.Profile cgi.FieldStorage
    cgi.MiniFieldStorage cgi.parse_header cgi.parse_multipart cgi.print_arguments
    cgi.print_environ_usage cgi.print_exception cgi.print_form code.InteractiveConsole.write
    code.InteractiveInterpreter.showsyntaxerror concurrent.futures.BrokenExecutor
    concurrent.futures.CancelledError concurrent.futures.Executor concurrent.futures.Future
    concurrent.futures.InvalidStateError concurrent.futures.TimeoutError
    concurrent.futures.process.BrokenProcessPool concurrent.futures.thread.BrokenThreadPool
    ctypes.ArgumentError ctypes.wintypes curses.error curses.panel.error curses.window dbm.dumb.error
    dbm.error dbm.gnu.error dbm.ndbm.error dbm.sqlite3.error doctest.DebugRunner doctest.DocTest
    doctest.DocTestFailure
    doctest.DocTestFinder doctest.DocTestParser doctest.DocTestRunner doctest.Example
    doctest.OutputChecker doctest.UnexpectedException doctest.register_optionflag
    doctest.script_from_examples doctest.set_unittest_reportflags doctest.testsource
    faulthandler.cancel_dump_traceback_later faulthandler.disable faulthandler.dump_traceback
    faulthandler.is_enabled filecmp.dircmp fileinput.FileInput fileinput.close fileinput.filelineno
    fileinput.filename fileinput.fileno fileinput.isfirstline fileinput.isstdin fileinput.lineno
    fileinput.nextfile ftplib.Error ftplib.FTP ftplib.error_perm ftplib.error_proto ftplib.error_reply
    ftplib.error_temp getpass.GetPassWarning grp.struct_group h5py.File http.client.BadStatusLine
    http.client.CannotSendHeader http.client.CannotSendRequest http.client.HTTPConnection.response_class
    http.client.HTTPException http.client.HTTPMessage http.client.HTTPResponse
    http.client.HTTPSConnection.response_class http.client.ImproperConnectionState
    http.client.IncompleteRead http.client.InvalidURL http.client.LineTooLong http.client.NotConnected
    http.client.RemoteDisconnected http.client.ResponseNotReady http.client.UnimplementedFileMode
    http.client.UnknownProtocol http.client.UnknownTransferEncoding http.client.error
    http.client.parse_headers http.server.BaseHTTPRequestHandler http.server.CGIHTTPRequestHandler
    http.server.SimpleHTTPRequestHandler httpx.BasicAuth httpx.ConnectError httpx.Cookies
    httpx.HTTPError httpx.HTTPStatusError httpx.Headers httpx.Limits httpx.QueryParams httpx.Request
    httpx.RequestError httpx.Response httpx.Timeout httpx.TimeoutException httpx.URL imaplib.IMAP4
    imaplib.Int2AP imaplib.Internaldate2tuple imaplib.ParseFlags imaplib.Time2Internaldate
    importlib.machinery.ModuleSpec importlib.metadata importlib.resources.Anchor
    importlib.resources.Package importlib.resources.Resource importlib.resources.ResourceReader
    importlib.resources.abc logging.Handler logging.config.BaseConfigurator
    logging.handlers.BaseRotatingHandler
    logging.config.ConvertingDict logging.config.ConvertingList logging.config.ConvertingMixin
    logging.config.ConvertingTuple logging.config.DictConfigurator logging.config.dictConfigClass
    logging.handlers.NTEventLogHandler logging.handlers.QueueListener mailbox.BabylMessage mailbox.Error
    mailbox.ExternalClashError mailbox.FormatError mailbox.MHMessage mailbox.MMDFMessage mailbox.Mailbox
    mailbox.MaildirMessage mailbox.Message mailbox.NoSuchMailboxError mailbox.NotEmptyError
    mailbox.mboxMessage mailcap.UnsafeMailcapInput mmap.error mmap.mmap modulefinder.Module
    modulefinder.ModuleFinder multiprocessing.Array multiprocessing.AuthenticationError
    multiprocessing.Barrier multiprocessing.BoundedSemaphore multiprocessing.BufferTooShort
    multiprocessing.Condition multiprocessing.Event multiprocessing.Lock multiprocessing.Process
    multiprocessing.ProcessError multiprocessing.Queue multiprocessing.RLock multiprocessing.RawArray
    multiprocessing.RawValue multiprocessing.Semaphore multiprocessing.TimeoutError
    multiprocessing.Value multiprocessing.allow_connection_pickling
    multiprocessing.context.AuthenticationError multiprocessing.context.BaseContext
    multiprocessing.context.BufferTooShort multiprocessing.context.ProcessError
    multiprocessing.context.TimeoutError multiprocessing.context.assert_spawning
    multiprocessing.context.get_spawning_popen multiprocessing.context.set_spawning_popen
    multiprocessing.cpu_count multiprocessing.dummy multiprocessing.freeze_support
    multiprocessing.get_all_start_methods multiprocessing.get_logger multiprocessing.get_start_method
    multiprocessing.log_to_stderr multiprocessing.managers.BaseManager
    multiprocessing.managers.BaseProxy multiprocessing.managers.RemoteError
    multiprocessing.managers.SyncManager multiprocessing.managers.Token multiprocessing.pool.AsyncResult
    multiprocessing.pool.MaybeEncodingError multiprocessing.pool.Pool
    multiprocessing.pool.RemoteTraceback multiprocessing.resource_tracker.ReentrantCallError
    multiprocessing.shared_memory.ShareableList multiprocessing.sharedctypes netrc.NetrcParseError
    netrc.netrc nntplib.NNTP nntplib.NNTPDataError nntplib.NNTPError nntplib.NNTPPermanentError
    nntplib.NNTPProtocolError nntplib.NNTPReplyError nntplib.NNTPTemporaryError nntplib.decode_header
    os.DirEntry os.PathLike os.error os.sched_param os.stat_result os.statvfs_result os.terminal_size
    os.times_result os.uname_result os.waitid_result pandas.ExcelWriter paramiko.AutoAddPolicy
    paramiko.RejectPolicy paramiko.Transport paramiko.ssh_exception pathlib.UnsupportedOperation
    pexpect.spawn pickle.PickleBuffer pickle.PickleError pickle.Pickler pickle.PicklingError
    pickle.Unpickler.persistent_load pickle.UnpicklingError platform.AndroidVer platform.IOSVersionInfo
    platform.uname_result poplib.POP3 poplib.error_proto profile.Profile pstats.FunctionProfile
    pstats.SortKey pstats.Stats pstats.StatsProfile pwd.struct_passwd py_compile.PyCompileError
    py_compile.PycInvalidationMode pyclbr.Class pyclbr.Function pydoc.ErrorDuringImport
    requests.ConnectionError requests.HTTPError requests.RequestException requests.Response
    requests.Timeout requests.adapters requests.auth requests.codes requests.cookies requests.exceptions
    requests.status_codes requests.structures resource.error resource.struct_rusage ruamel.yaml.YAML
    sched.scheduler shelve.Shelf shutil.Error shutil.ExecError shutil.ReadError shutil.RegistryError
    shutil.SameFileError shutil.SpecialFileError signal.Handlers signal.ItimerError signal.Sigmasks
    signal.Signals signal.getitimer signal.getsignal signal.sigpending signal.strsignal
    signal.struct_siginfo signal.valid_signals smtpd.SMTPChannel smtplib.SMTP
    smtplib.SMTPAuthenticationError smtplib.SMTPConnectError smtplib.SMTPDataError smtplib.SMTPException
    smtplib.SMTPHeloError smtplib.SMTPNotSupportedError smtplib.SMTPRecipientsRefused
    smtplib.SMTPResponseException smtplib.SMTPSenderRefused smtplib.SMTPServerDisconnected
    smtplib.quoteaddr smtplib.quotedata socket.AddressFamily socket.AddressInfo socket.CMSG_LEN
    socket.CMSG_SPACE socket.MsgFlag socket.SocketIO socket.SocketKind socket.close socket.dup
    socket.error socket.gaierror socket.getdefaulttimeout socket.getprotobyname socket.getservbyname
    socket.getservbyport socket.has_dualstack_ipv6 socket.herror socket.htonl socket.htons
    socket.inet_aton socket.inet_ntoa socket.inet_ntop socket.inet_pton socket.ntohl socket.ntohs
    socket.recv_fds socket.send_fds socket.setdefaulttimeout socket.socket socket.timeout
    socketserver.BaseRequestHandler socketserver.BaseServer socketserver.DatagramRequestHandler
    socketserver.ForkingMixIn socketserver.StreamRequestHandler socketserver.ThreadingMixIn
    spwd.struct_spwd sqlalchemy.Result sqlalchemy.TextClause sqlite3.Binary sqlite3.Blob
    sqlite3.DataError sqlite3.DatabaseError sqlite3.Date sqlite3.DateFromTicks sqlite3.Error
    sqlite3.IntegrityError sqlite3.InterfaceError sqlite3.InternalError sqlite3.NotSupportedError
    sqlite3.OperationalError sqlite3.PrepareProtocol sqlite3.ProgrammingError sqlite3.Row sqlite3.Time
    sqlite3.TimeFromTicks sqlite3.Timestamp sqlite3.TimestampFromTicks sqlite3.Warning
    ssl.AlertDescription ssl.CertificateError ssl.DER_cert_to_PEM_cert ssl.DefaultVerifyPaths
    ssl.MemoryBIO ssl.Options ssl.PEM_cert_to_DER_cert ssl.Purpose ssl.RAND_add ssl.RAND_bytes
    ssl.RAND_pseudo_bytes ssl.RAND_status ssl.SSLCertVerificationError ssl.SSLContext ssl.SSLEOFError
    ssl.SSLError ssl.SSLErrorNumber ssl.SSLObject ssl.SSLSession ssl.SSLSocket ssl.SSLSyscallError
    ssl.SSLWantReadError ssl.SSLWantWriteError ssl.SSLZeroReturnError ssl.TLSVersion ssl.VerifyFlags
    ssl.VerifyMode ssl.cert_time_to_seconds ssl.get_default_verify_paths ssl.get_protocol_name
    ssl.match_hostname subprocess.CalledProcessError subprocess.CompletedProcess
    subprocess.SubprocessError subprocess.TimeoutExpired sunau.Error sys.__stderr__ sys.__stdin__
    sys.__stdout__ sys.audit sys.deactivate_stack_trampoline sys.displayhook sys.exc_info sys.excepthook
    sys.exception sys.exit sys.get_asyncgen_hooks sys.get_coroutine_origin_tracking_depth
    sys.get_int_max_str_digits sys.getallocatedblocks sys.getdefaultencoding sys.getdlopenflags
    sys.getfilesystemencodeerrors sys.getfilesystemencoding sys.getrecursionlimit sys.getrefcount
    sys.getsizeof sys.getswitchinterval sys.getunicodeinternedsize sys.intern sys.is_finalizing
    sys.is_stack_trampoline_active sys.set_coroutine_origin_tracking_depth sys.set_int_max_str_digits
    sys.setrecursionlimit sys.setswitchinterval sys.stderr sys.stdin sys.stdout sys.unraisablehook
    syslog.LOG_MASK syslog.LOG_UPTO syslog.closelog syslog.setlogmask tabnanny.NannyNag
    tabnanny.process_tokens tarfile.AbsoluteLinkError tarfile.AbsolutePathError tarfile.CompressionError
    tarfile.EOFHeaderError tarfile.EmptyHeaderError tarfile.ExtractError tarfile.FilterError
    tarfile.HeaderError tarfile.InvalidHeaderError tarfile.LinkOutsideDestinationError
    tarfile.OutsideDestinationError tarfile.ReadError tarfile.SpecialFileError tarfile.StreamError
    tarfile.SubsequentHeaderError tarfile.TarError tarfile.TarFile.fileobject tarfile.TarFile.tarinfo
    tarfile.TarInfo tarfile.TruncatedHeaderError tarfile.data_filter tarfile.fully_trusted_filter
    tarfile.tar_filter telnetlib.Telnet tempfile.TemporaryDirectory termios.error threading.Barrier
    threading.BoundedSemaphore threading.BrokenBarrierError threading.Condition threading.Event
    threading.ExceptHookArgs threading.Lock threading.RLock threading.Semaphore threading.ThreadError
    threading.activeCount threading.active_count threading.currentThread threading.current_thread
    threading.enumerate threading.excepthook threading.get_ident threading.get_native_id threading.local
    threading.main_thread threading.stack_size timeit.Timer tkinter.TclError trace.CoverageResults
    trace.Trace tracemalloc.BaseFilter tracemalloc.DomainFilter tracemalloc.Filter tracemalloc.Frame
    tracemalloc.Snapshot tracemalloc.Statistic tracemalloc.StatisticDiff tracemalloc.Trace
    tracemalloc.Traceback tracemalloc.clear_traces tracemalloc.get_object_traceback
    tracemalloc.get_traceback_limit tracemalloc.get_traced_memory tracemalloc.get_tracemalloc_memory
    tracemalloc.is_tracing tracemalloc.reset_peak tracemalloc.start tracemalloc.stop tty.error
    urllib.request.AbstractBasicAuthHandler urllib.request.AbstractDigestAuthHandler
    urllib.request.BaseHandler urllib.request.DataHandler urllib.request.FTPHandler
    urllib.request.FileHandler urllib.request.HTTPBasicAuthHandler urllib.request.HTTPCookieProcessor
    urllib.request.HTTPDefaultErrorHandler urllib.request.HTTPDigestAuthHandler
    urllib.request.HTTPErrorProcessor urllib.request.HTTPHandler urllib.request.HTTPPasswordMgr
    urllib.request.HTTPPasswordMgrWithDefaultRealm urllib.request.HTTPPasswordMgrWithPriorAuth
    urllib.request.HTTPRedirectHandler urllib.request.ProxyBasicAuthHandler
    urllib.request.ProxyDigestAuthHandler urllib.request.ProxyHandler urllib.request.URLopener
    urllib.request.UnknownHandler urllib.request.parse_http_list urllib.request.parse_keqv_list
    urllib.request.pathname2url urllib.request.url2pathname urllib.response
    urllib.robotparser.RobotFileParser urllib3.HTTPResponse urllib3.Retry urllib3.Timeout
    urllib3.disable_warnings urllib3.exceptions urllib3.util.Retry urllib3.util.retry.Retry uu.Error
    wave.Error webbrowser.Error websockets.exceptions wsgiref.simple_server.WSGIRequestHandler
    wsgiref.simple_server.demo_app xml.etree.ElementTree.ElementTree xmlrpc.client.Binary
    xmlrpc.client.DateTime xmlrpc.client.Error xmlrpc.client.ExpatParser xmlrpc.client.Fault
    xmlrpc.client.GzipDecodedResponse xmlrpc.client.Marshaller xmlrpc.client.MultiCallIterator
    xmlrpc.client.ProtocolError xmlrpc.client.ResponseError xmlrpc.client.Transport
    xmlrpc.client.Unmarshaller xmlrpc.client.boolean xmlrpc.client.dumps xmlrpc.client.escape
    xmlrpc.client.getparser xmlrpc.client.gzip_decode xmlrpc.client.gzip_encode xmlrpc.client.loads
    xmlrpc.server.CGIXMLRPCRequestHandler xmlrpc.server.DocCGIXMLRPCRequestHandler
    xmlrpc.server.DocXMLRPCRequestHandler xmlrpc.server.ServerHTMLDoc
    xmlrpc.server.SimpleXMLRPCRequestHandler xmlrpc.server.SimpleXMLRPCServer
    xmlrpc.server.XMLRPCDocGenerator xmlrpc.server.list_public_methods yaml.CSafeLoader yaml.SafeLoader
    yaml.YAMLError zipapp.ZipAppError zipfile.BadZipFile zipfile.BadZipfile zipfile.LargeZipFile
    zipfile.ZipInfo zipfile.error zipimport.ZipImportError
    """.split()
)
