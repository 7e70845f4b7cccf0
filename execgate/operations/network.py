# ruff: noqa: E501 - a signature stands on one line
"""Sockets, and servers and name look-ups built on them."""

from __future__ import annotations

from execgate.operations.effects import (
    Accesses,
    Calls,
    Dynamic,
    Environment,
    Files,
    Reaches,
    Spawns,
    Unlisted,
)
from execgate.operations.entry import Table, effect, listing, nothing, read, returns, yields

SOCKET = "socket.socket"
CONNECT = effect(Reaches(address="address", method="connect"))
RESOLVE = effect(Reaches(host="host", method="resolve"))
INTERFACES = effect(Accesses("interfaces"))
FORKS = effect(Spawns(None, fixed=("python",)))
MAIL_SERVER = effect(
    Reaches(address="localaddr", method="listen"),
    Reaches(address="remoteaddr", method="connect"),
    gives="asyncore.dispatcher",
)
SERVER = effect(
    Reaches(address="server_address", method="listen"),
    Calls("RequestHandlerClass"),
    gives="socketserver.BaseServer",
)
WEB_SERVER = effect(
    Reaches(address="addr", method="listen"),
    Calls("requestHandler"),
    gives="xmlrpc.server.SimpleXMLRPCServer",
)

TABLE: Table = {
    "socket.socket(family, type, proto, fileno)": returns(SOCKET),
    "socket.socket.connect(self, address)": CONNECT,
    "socket.socket.connect_ex(self, address)": CONNECT,
    "socket.socket.bind(self, address)": effect(Reaches(address="address", method="listen")),
    "socket.socket.listen(self, backlog)": nothing(),
    "socket.socket.accept(self)": yields(SOCKET),
    "socket.socket.dup(self)": returns(SOCKET),
    "socket.socket.makefile(self, mode, buffering, *, encoding, errors, newline)": returns("io.File"),
    "socket.socket.send(self, data, flags)": nothing(),
    "socket.socket.sendall(self, data, flags)": nothing(),
    "socket.socket.sendfile(self, file, offset, count)": nothing(),
    "socket.socket.sendto(self, data, *flags_and_address)": effect(
        Reaches(address="flags_and_address[]", method="send")
    ),
    "socket.socket.sendmsg(self, buffers, ancdata, flags, address)": effect(
        Reaches(address="address", method="send")
    ),
    "socket.socket.sendmsg_afalg(self, msg, *, op, iv, assoclen, flags)": nothing(),
    "socket.create_connection(address, timeout, source_address, *, all_errors)": effect(
        Reaches(address="address", method="connect"), gives=SOCKET
    ),
    "socket.create_server(address, *, family, backlog, reuse_port, dualstack_ipv6)": effect(
        Reaches(address="address", method="listen"), gives=SOCKET
    ),
    "socket.socketpair(family, type, proto)": yields(SOCKET),
    "socket.fromfd(fd, family, type, proto)": returns(SOCKET),
    "socket.fromshare(info)": returns(SOCKET),
    "socket.getaddrinfo(host, port, family, type, proto, flags)": effect(
        Reaches(host="host", port="port", method="resolve")
    ),
    "socket.gethostbyname(host)": RESOLVE,
    "socket.gethostbyname_ex(host)": RESOLVE,
    "socket.gethostbyaddr(host)": RESOLVE,
    "socket.getfqdn(name)": effect(Reaches(host="name", method="resolve"), Accesses("interfaces")),
    "socket.getnameinfo(sockaddr, flags)": effect(Reaches(address="sockaddr", method="resolve")),
    "socket.gethostname()": INTERFACES,
    "socket.sethostname(name)": INTERFACES,
    "socket.if_nameindex()": INTERFACES,
    "socket.if_nametoindex(oname)": INTERFACES,
    "socket.if_indextoname(index)": INTERFACES,
    "ssl.create_default_context(purpose, *, cafile, capath, cadata)": effect(
        Files("read", ("cafile", "capath")), gives="ssl.SSLContext"
    ),
    "ssl._create_unverified_context(protocol, *, cert_reqs, check_hostname, purpose, certfile, keyfile, cafile, capath, cadata)": effect(
        Files("read", ("certfile", "keyfile", "cafile", "capath")), gives="ssl.SSLContext"
    ),
    "ssl._create_default_https_context(purpose, *, cafile, capath, cadata)": effect(
        Files("read", ("cafile", "capath")), gives="ssl.SSLContext"
    ),
    "ssl.SSLContext(protocol)": returns("ssl.SSLContext"),
    "ssl.SSLContext.load_cert_chain(self, certfile, keyfile, password)": effect(
        Files("read", ("certfile", "keyfile")), Calls("password")
    ),
    "ssl.SSLContext.load_verify_locations(self, cafile, capath, cadata)": read("cafile", "capath"),
    "ssl.SSLContext.load_dh_params(self, path)": read("path"),
    "ssl.SSLContext.wrap_socket(self, sock, server_side, do_handshake_on_connect, suppress_ragged_eofs, server_hostname, session)": returns(
        "ssl.SSLSocket"
    ),
    "ssl.SSLContext.set_servername_callback(self, server_name_callback)": effect(
        Calls("server_name_callback")
    ),
    "ssl.SSLContext.set_psk_client_callback(self, callback)": effect(Calls("callback")),
    "ssl.SSLContext.set_psk_server_callback(self, callback, identity_hint)": effect(Calls("callback")),
    "ssl.wrap_socket(sock, keyfile, certfile, server_side, cert_reqs, ssl_version, ca_certs, do_handshake_on_connect, suppress_ragged_eofs, ciphers)": effect(
        Files("read", ("certfile", "keyfile", "ca_certs")), gives="ssl.SSLSocket"
    ),
    "ssl.get_server_certificate(addr, ssl_version, ca_certs, timeout)": effect(
        Reaches(address="addr", method="connect"), Files("read", ("ca_certs",))
    ),
    "ssl.SSLSocket(*args, **kwargs)": returns("ssl.SSLSocket"),
    "ssl.SSLSocket.read(self, len, buffer)": nothing(),
    "ssl.SSLSocket.write(self, data)": nothing(),
    "ssl.SSLSocket.unwrap(self)": returns(SOCKET),
    # servers
    "socketserver.BaseServer(server_address, RequestHandlerClass)": SERVER,
    "socketserver.TCPServer(server_address, RequestHandlerClass, bind_and_activate)": SERVER,
    "http.server.test(HandlerClass, ServerClass, protocol, port, bind)": effect(
        Reaches(host="bind", port="port", method="listen")
    ),
    "wsgiref.simple_server.make_server(host, port, app, server_class, handler_class)": effect(
        Reaches(host="host", port="port", method="listen"), Calls("app"), gives="socketserver.BaseServer"
    ),
    "xmlrpc.server.SimpleXMLRPCServer(addr, requestHandler, logRequests, allow_none, encoding, bind_and_activate, use_builtin_types)": WEB_SERVER,
    "xmlrpc.server.SimpleXMLRPCServer.register_function(self, function, name)": effect(Calls("function")),
    "xmlrpc.server.SimpleXMLRPCServer.register_instance(self, instance, allow_dotted_names)": effect(
        Dynamic("attribute", None)
    ),
    "xmlrpc.server.CGIXMLRPCRequestHandler(allow_none, encoding, use_builtin_types)": effect(
        Environment("list"), Accesses("input")
    ),
    "xmlrpc.server.resolve_dotted_attribute(obj, attr, allow_dotted_names)": effect(Dynamic("attribute")),
    "asyncore.dispatcher(sock, map)": returns("asyncore.dispatcher"),
    "asyncore.dispatcher.connect(self, address)": CONNECT,
    "asyncore.dispatcher.bind(self, addr)": effect(Reaches(address="addr", method="listen")),
    "asyncore.file_dispatcher(fd, map)": returns("asyncore.dispatcher"),
    "asynchat.async_chat(sock, map)": returns("asyncore.dispatcher"),
    "smtpd.SMTPServer(localaddr, remoteaddr, data_size_limit, map, enable_SMTPUTF8, decode_data)": MAIL_SERVER,
    "socketserver.ForkingTCPServer(server_address, RequestHandlerClass, bind_and_activate)": SERVER + FORKS,
    "socketserver.ForkingUDPServer(server_address, RequestHandlerClass, bind_and_activate)": SERVER + FORKS,
    "socketserver.ForkingUnixStreamServer(server_address, RequestHandlerClass, bind_and_activate)": SERVER
    + FORKS,
    "socketserver.ForkingUnixDatagramServer(server_address, RequestHandlerClass, bind_and_activate)": SERVER
    + FORKS,
    "socketserver.ForkingMixIn()": FORKS,
    "http.server.SimpleHTTPRequestHandler(request, client_address, server, *, directory)": effect(
        Files("list", ("directory",), "."), Files("read", ("directory",), ".")
    ),
    "http.server.CGIHTTPRequestHandler(request, client_address, server, *, directory)": effect(
        Unlisted("runs the programs of a folder for whoever asks")
    ),
    "asyncio.DatagramTransport.sendto(self, data, addr)": effect(Reaches(address="addr", method="send")),
    "smtpd.DebuggingServer(localaddr, remoteaddr, data_size_limit, map, enable_SMTPUTF8, decode_data)": MAIL_SERVER,
    "smtpd.PureProxy(localaddr, remoteaddr, data_size_limit, map, enable_SMTPUTF8, decode_data)": MAIL_SERVER,
    "smtpd.MailmanProxy(localaddr, remoteaddr, data_size_limit, map, enable_SMTPUTF8, decode_data)": MAIL_SERVER,
    "xmlrpc.server.SimpleXMLRPCDispatcher(allow_none, encoding, use_builtin_types)": returns(
        "xmlrpc.server.SimpleXMLRPCServer"
    ),
    "cgi.FieldStorage(fp, headers, outerboundary, environ, keep_blank_values, strict_parsing, limit, encoding, errors, max_num_fields, separator)": effect(
        Environment("list"), Accesses("input")
    ),
    "cgi.parse(fp, environ, keep_blank_values, strict_parsing, separator)": effect(
        Environment("list"), Environment("write", fixed=("REQUEST_METHOD", "QUERY_STRING")), Accesses("input")
    ),
    "cgi.print_environ(environ)": effect(Environment("list")),
    "cgi.print_directory()": listing(default="."),
    "cgi.test(environ)": effect(Unlisted("shows everything that a web server told it")),
}
