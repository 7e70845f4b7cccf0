# ruff: noqa: E501 - a signature stands on one line
"""The clients of the standard library: HTTP, mail, FTP, news, telnet, XML-RPC."""

from __future__ import annotations

from execgate.operations.effects import Accesses, Calls, Environment, Files, Reaches, Unlisted
from execgate.operations.entry import Does, Table, effect, nothing, read, returns, shell_text, write

HTTP = "http.client.HTTPConnection"
OPENER = "urllib.request.OpenerDirector"
OPEN = effect(Reaches(url="fullurl", body=("data",)), gives="http.client.HTTPResponse")


def _request(scheme: str) -> Does:
    return effect(Reaches(url="url", host="self.host", port="self.port", scheme=scheme, method="=method"))


AGAIN = effect(Reaches(host="self.host", port="self.port", method="connect"))

TABLE: Table = {
    "urllib.request.urlopen(url, data, timeout, *, context, cafile, capath, cadefault)": effect(
        Reaches(url="url", body=("data",)),
        Files("read", ("cafile", "capath")),
        gives="http.client.HTTPResponse",
    ),
    "urllib.request.urlretrieve(url, filename, reporthook, data)": effect(
        Reaches(url="url", body=("data",)), Files("write", ("filename",)), Calls("reporthook")
    ),
    "urllib.request.urlcleanup()": nothing(),
    "urllib.request.Request(url, data, headers, origin_req_host, unverifiable, method)": returns(
        "urllib.request.Request", "url", "data", "method"
    ),
    "urllib.request.Request.set_proxy(self, host, type)": effect(Reaches(host="host", method="connect")),
    "urllib.request.Request.add_header(self, key, val)": nothing(),
    "urllib.request.Request.add_unredirected_header(self, key, val)": nothing(),
    "urllib.request.Request.get_full_url(self)": nothing(),
    "urllib.request.Request.get_header(self, header_name, default)": nothing(),
    "urllib.request.Request.get_method(self)": nothing(),
    "urllib.request.Request.has_header(self, header_name)": nothing(),
    "urllib.request.Request.has_proxy(self)": nothing(),
    "urllib.request.Request.header_items(self)": nothing(),
    "urllib.request.Request.remove_header(self, header_name)": nothing(),
    "urllib.request.build_opener(*handlers)": returns(OPENER),
    "urllib.request.install_opener(opener)": nothing(),
    "urllib.request.OpenerDirector()": returns(OPENER),
    "urllib.request.OpenerDirector.open(self, fullurl, data, timeout)": OPEN,
    "urllib.request.OpenerDirector.add_handler(self, handler)": nothing(),
    "urllib.request.OpenerDirector.close(self)": nothing(),
    "urllib.request.OpenerDirector.error(self, proto, *args)": nothing(),
    "urllib.request.ProxyHandler(proxies)": effect(Reaches(url="proxies[]", method="connect")),
    "urllib.request.getproxies()": effect(Environment("list")),
    "urllib.request.getproxies_environment()": effect(Environment("list")),
    "urllib.request.proxy_bypass(host, proxies)": effect(Environment("list")),
    "urllib.request.proxy_bypass_environment(host, proxies)": effect(Environment("list")),
    "urllib.request.localhost()": effect(Reaches(fixed="localhost", method="resolve")),
    "urllib.request.thishost()": effect(Accesses("interfaces")),
    "urllib.request.ftpwrapper(user, passwd, host, port, dirs, timeout, persistent)": effect(
        Reaches(host="host", port="port", scheme="ftp", method="connect")
    ),
    "urllib.request.URLopener(proxies, **x509)": effect(
        Reaches(url="proxies[]", method="connect"), gives="urllib.request.URLopener"
    ),
    "urllib.request.URLopener.open(self, fullurl, data)": OPEN,
    "urllib.request.URLopener.open_unknown(self, fullurl, data)": OPEN,
    "urllib.request.URLopener.open_http(self, url, data)": effect(Reaches(url="url", method="GET")),
    "urllib.request.URLopener.open_https(self, url, data)": effect(Reaches(url="url", method="GET")),
    "urllib.request.URLopener.open_ftp(self, url)": effect(Reaches(url="url", method="GET")),
    "urllib.request.URLopener.open_file(self, url)": read("url"),
    "urllib.request.URLopener.open_local_file(self, url)": read("url"),
    "urllib.request.URLopener.retrieve(self, url, filename, reporthook, data)": effect(
        Reaches(url="url", body=("data",)), Files("write", ("filename",)), Calls("reporthook")
    ),
    "urllib.request.URLopener.addheader(self, *args)": nothing(),
    "urllib.request.URLopener.cleanup(self)": nothing(),
    "urllib.request.URLopener.close(self)": nothing(),
    "urllib.robotparser.RobotFileParser(url)": returns("urllib.robotparser.RobotFileParser", "url"),
    "urllib.robotparser.RobotFileParser.read(self)": effect(Reaches(url="self.url", method="GET")),
    "urllib.robotparser.RobotFileParser.set_url(self, url)": effect(Reaches(url="url", method="GET")),
    "http.client.HTTPConnection(host, port, timeout, source_address, blocksize)": effect(
        Reaches(host="host", port="port", scheme="http", method="connect"), gives=HTTP, keeps=("host", "port")
    ),
    "http.client.HTTPSConnection(host, port, key_file, cert_file, timeout, source_address, *, context, blocksize, check_hostname)": effect(
        Reaches(host="host", port="port", scheme="https", method="connect"),
        Files("read", ("key_file", "cert_file")),
        gives="http.client.HTTPSConnection",
        keeps=("host", "port"),
    ),
    "http.client.HTTPConnection.request(self, method, url, body, headers, *, encode_chunked)": _request(
        "http"
    ),
    "http.client.HTTPSConnection.request(self, method, url, body, headers, *, encode_chunked)": _request(
        "https"
    ),
    "http.client.HTTPConnection.putrequest(self, method, url, skip_host, skip_accept_encoding)": _request(
        "http"
    ),
    "http.client.HTTPSConnection.putrequest(self, method, url, skip_host, skip_accept_encoding)": _request(
        "https"
    ),
    "http.client.HTTPConnection.connect(self)": AGAIN,
    "http.client.HTTPConnection.set_tunnel(self, host, port, headers)": effect(
        Reaches(host="host", port="port", method="connect")
    ),
    "http.client.HTTPConnection.send(self, data)": nothing(),
    "http.client.HTTPConnection.endheaders(self, message_body, *, encode_chunked)": nothing(),
    "http.client.HTTPConnection.putheader(self, header, *values)": nothing(),
    "http.client.HTTPConnection.getresponse(self)": returns("http.client.HTTPResponse"),
    "http.client.HTTPConnection.get_proxy_response_headers(self)": nothing(),
    "http.client.HTTPConnection.set_debuglevel(self, level)": nothing(),
    "http.client.HTTPConnection.close(self)": nothing(),
    "http.cookiejar.FileCookieJar(filename, delayload, policy)": returns(
        "http.cookiejar.FileCookieJar", "filename"
    ),
    "http.cookiejar.FileCookieJar.load(self, filename, ignore_discard, ignore_expires)": read(
        "filename", "self.filename"
    ),
    "http.cookiejar.FileCookieJar.revert(self, filename, ignore_discard, ignore_expires)": read(
        "filename", "self.filename"
    ),
    "http.cookiejar.FileCookieJar.save(self, filename, ignore_discard, ignore_expires)": write(
        "filename", "self.filename"
    ),
    "xmlrpc.client.ServerProxy(uri, transport, encoding, verbose, allow_none, use_datetime, use_builtin_types, *, headers, context)": effect(
        Reaches(url="uri", method="POST"), gives="xmlrpc.client.ServerProxy", keeps=("uri",)
    ),
    "xmlrpc.client.MultiCall(server)": nothing(),
    "xmlrpc.client.Transport.request(self, host, handler, request_body, verbose)": effect(
        Reaches(host="host", method="POST")
    ),
    "xmlrpc.client.Transport.single_request(self, host, handler, request_body, verbose)": effect(
        Reaches(host="host", method="POST")
    ),
    "xmlrpc.client.Transport.send_request(self, host, handler, request_body, debug)": effect(
        Reaches(host="host", method="POST")
    ),
    "xmlrpc.client.Transport.make_connection(self, host)": effect(
        Reaches(host="host", method="connect"), gives=HTTP, keeps=("host",)
    ),
    # files
    "ftplib.FTP(host, user, passwd, acct, timeout, source_address, *, encoding)": effect(
        Reaches(host="host", port=21, scheme="ftp", method="connect"), gives="ftplib.FTP", keeps=("host",)
    ),
    "ftplib.FTP_TLS(host, user, passwd, acct, keyfile, certfile, context, timeout, source_address, *, encoding)": effect(
        Reaches(host="host", port=21, scheme="ftps", method="connect"),
        Files("read", ("keyfile", "certfile")),
        gives="ftplib.FTP",
        keeps=("host",),
    ),
    "ftplib.FTP.connect(self, host, port, timeout, source_address)": effect(
        Reaches(host="host", port="port", scheme="ftp", method="connect")
    ),
    "ftplib.FTP.retrbinary(self, cmd, callback, blocksize, rest)": effect(Calls("callback")),
    "ftplib.FTP.retrlines(self, cmd, callback)": effect(Calls("callback")),
    "ftplib.FTP.storbinary(self, cmd, fp, blocksize, callback, rest)": effect(Calls("callback")),
    "ftplib.FTP.storlines(self, cmd, fp, callback)": effect(Calls("callback")),
    "ftplib.FTP.dir(self, *args)": nothing(),
    "ftplib.ftpcp(source, sourcename, target, targetname, type)": nothing(),
    "ftplib.test()": effect(Unlisted("does what its command line says")),
    "telnetlib.Telnet(host, port, timeout)": effect(
        Reaches(host="host", port="port", scheme="telnet", method="connect"), gives="telnetlib.Telnet"
    ),
    "telnetlib.Telnet.open(self, host, port, timeout)": effect(
        Reaches(host="host", port="port", scheme="telnet", method="connect")
    ),
    "telnetlib.Telnet.interact(self)": effect(Accesses("input")),
    "telnetlib.Telnet.mt_interact(self)": effect(Accesses("input")),
    "telnetlib.Telnet.set_option_negotiation_callback(self, callback)": effect(Calls("callback")),
    "telnetlib.test()": effect(Unlisted("does what its command line says")),
    # mail and news
    "smtplib.SMTP(host, port, local_hostname, timeout, source_address)": effect(
        Reaches(host="host", port="port", scheme="smtp", method="connect"), gives="smtplib.SMTP"
    ),
    "smtplib.SMTP_SSL(host, port, local_hostname, keyfile, certfile, timeout, source_address, context)": effect(
        Reaches(host="host", port="port", scheme="smtps", method="connect", default="localhost"),
        Files("read", ("keyfile", "certfile")),
        gives="smtplib.SMTP",
    ),
    "smtplib.LMTP(host, port, local_hostname, source_address, timeout)": effect(
        Reaches(host="host", port="port", scheme="smtp", method="connect", default="localhost"),
        gives="smtplib.SMTP",
    ),
    "smtplib.SMTP.connect(self, host, port, source_address)": effect(
        Reaches(host="host", port="port", scheme="smtp", method="connect", default="localhost")
    ),
    "smtplib.SMTP.starttls(self, keyfile, certfile, context)": read("keyfile", "certfile"),
    "smtplib.SMTP.auth(self, mechanism, authobject, *, initial_response_ok)": effect(Calls("authobject")),
    "poplib.POP3(host, port, timeout)": effect(
        Reaches(host="host", port="port", scheme="pop3", method="connect"), gives="poplib.POP3"
    ),
    "poplib.POP3_SSL(host, port, keyfile, certfile, timeout, context)": effect(
        Reaches(host="host", port="port", scheme="pop3s", method="connect"),
        Files("read", ("keyfile", "certfile")),
        gives="poplib.POP3",
    ),
    "imaplib.IMAP4(host, port, timeout)": effect(
        Reaches(host="host", port="port", scheme="imap", method="connect", default="localhost"),
        gives="imaplib.IMAP4",
    ),
    "imaplib.IMAP4_SSL(host, port, keyfile, certfile, ssl_context, timeout)": effect(
        Reaches(host="host", port="port", scheme="imaps", method="connect", default="localhost"),
        Files("read", ("keyfile", "certfile")),
        gives="imaplib.IMAP4",
    ),
    "imaplib.IMAP4_stream(command)": effect(shell_text("command"), gives="imaplib.IMAP4"),
    "imaplib.IMAP4.open(self, host, port, timeout)": effect(
        Reaches(host="host", port="port", scheme="imap", method="connect", default="localhost")
    ),
    "imaplib.IMAP4.authenticate(self, mechanism, authobject)": effect(Calls("authobject")),
    "nntplib.NNTP(host, port, user, password, readermode, usenetrc, timeout)": effect(
        Reaches(host="host", port="port", scheme="nntp", method="connect"),
        Files("read", (), "~/.netrc", when="usenetrc"),
        gives="nntplib.NNTP",
    ),
    "nntplib.NNTP_SSL(host, port, user, password, ssl_context, readermode, usenetrc, timeout)": effect(
        Reaches(host="host", port="port", scheme="nntps", method="connect"),
        Files("read", (), "~/.netrc", when="usenetrc"),
        gives="nntplib.NNTP",
    ),
    "xmlrpc.client.ServerProxy.*(self, *args)": effect(Reaches(url="self.uri", method="POST")),
    "xmlrpc.client.Transport(use_datetime, use_builtin_types, *, headers)": returns(
        "xmlrpc.client.Transport"
    ),
    "xmlrpc.client.SafeTransport(use_datetime, use_builtin_types, *, headers, context)": returns(
        "xmlrpc.client.Transport"
    ),
    # the handlers of an opener, which it calls with a request
    "urllib.request.HTTPHandler(debuglevel)": returns("urllib.request.HTTPHandler"),
    "urllib.request.HTTPSHandler(debuglevel, context, check_hostname)": returns("urllib.request.HTTPHandler"),
    "urllib.request.FTPHandler()": returns("urllib.request.FTPHandler"),
    "urllib.request.CacheFTPHandler()": returns("urllib.request.FTPHandler"),
    "urllib.request.FileHandler()": returns("urllib.request.FileHandler"),
    "urllib.request.HTTPHandler.http_open(self, req)": effect(Reaches(url="req", body=("req.data",))),
    "urllib.request.HTTPHandler.https_open(self, req)": effect(Reaches(url="req", body=("req.data",))),
    "urllib.request.HTTPHandler.do_open(self, http_class, req, **http_conn_args)": effect(
        Reaches(url="req", body=("req.data",))
    ),
    "urllib.request.FTPHandler.ftp_open(self, req)": effect(Reaches(url="req", method="GET")),
    "urllib.request.FTPHandler.connect_ftp(self, user, passwd, host, port, dirs, timeout)": effect(
        Reaches(host="host", port="port", scheme="ftp", method="connect")
    ),
    "urllib.request.FileHandler.file_open(self, req)": effect(Reaches(url="req", method="GET")),
    "urllib.request.FileHandler.open_local_file(self, req)": effect(Reaches(url="req", method="GET")),
}
