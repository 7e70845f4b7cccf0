# ruff: noqa: E501 - a signature stands on one line
"""HTTP and WebSocket clients that are not of the standard library."""

from __future__ import annotations

from execgate.operations.effects import Calls, Files, Reaches, Unlisted
from execgate.operations.entry import Does, Table, effect, nothing, returns


def _asks(method: str | None) -> Does:
    """Say what a call of `requests` asks; a proxy is reached, too."""
    return effect(
        Reaches(url="url", method=method, body=("data", "json", "files")),
        Reaches(url="proxies[]", method="connect"),
        gives="requests.Response",
    )


def _asks_again(method: str | None) -> Does:
    """Say what a session asks: its own proxies are reached, too."""
    return _asks(method) + effect(Reaches(url="self.proxies[]", method="connect"))


def _httpx(method: str) -> Does:
    return effect(
        Reaches(url="url", method=method, body=("json", "data", "content", "files")),
        Reaches(url="proxy", method="connect"),
        Reaches(url="proxies[]", method="connect"),
        gives="httpx.Response",
    )


def _httpx_client(method: str) -> Does:
    return effect(
        Reaches(url="url", base="self.base_url", method=method, body=("json", "data", "content", "files")),
        gives="httpx.Response",
    )


def _aiohttp(method: str, base: str | None = "self.base_url") -> Does:
    return effect(
        Reaches(url="url", base=base, method=method, body=("json", "data")),
        Reaches(url="proxy", method="connect"),
        gives="aiohttp.ClientResponse",
    )


def _urllib3(method: str) -> Does:
    return effect(
        Reaches(
            url="url", host="self.host", port="self.port", method=method, body=("json", "body", "fields")
        ),
        gives="urllib3.HTTPResponse",
    )


CLIENT = effect(
    Reaches(url="proxy", method="connect"),
    Reaches(url="proxies[]", method="connect"),
    Files("read", ("cert",)),
    gives="httpx.Client",
    keeps=("base_url",),
)
POOL = effect(Files("read", ("cert_file", "key_file", "ca_certs")), gives="urllib3.PoolManager")
ONE_HOST = effect(
    Reaches(host="host", port="port", method="connect"), gives="urllib3.PoolManager", keeps=("host", "port")
)
WEBSOCKET = "websockets.Connection"
SOCKET = "websocket.WebSocket"

TABLE: Table = {
    "requests.get(url, params, *, data, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks(
        "GET"
    ),
    "requests.options(url, *, params, data, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks(
        "OPTIONS"
    ),
    "requests.head(url, *, params, data, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks(
        "HEAD"
    ),
    "requests.post(url, data, json, *, params, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks(
        "POST"
    ),
    "requests.put(url, data, *, params, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks(
        "PUT"
    ),
    "requests.patch(url, data, *, params, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks(
        "PATCH"
    ),
    "requests.delete(url, *, params, data, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks(
        "DELETE"
    ),
    "requests.request(method, url, *, params, data, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks(
        "=method"
    ),
    "requests.Session.get(self, url, *, params, data, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks_again(
        "GET"
    ),
    "requests.Session.options(self, url, *, params, data, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks_again(
        "OPTIONS"
    ),
    "requests.Session.head(self, url, *, params, data, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks_again(
        "HEAD"
    ),
    "requests.Session.post(self, url, data, json, *, params, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks_again(
        "POST"
    ),
    "requests.Session.put(self, url, data, *, params, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks_again(
        "PUT"
    ),
    "requests.Session.patch(self, url, data, *, params, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks_again(
        "PATCH"
    ),
    "requests.Session.delete(self, url, *, params, data, json, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert)": _asks_again(
        "DELETE"
    ),
    "requests.Session.request(self, method, url, params, data, headers, cookies, files, auth, timeout, allow_redirects, proxies, hooks, stream, verify, cert, json)": _asks_again(
        "=method"
    ),
    "requests.Session()": returns("requests.Session"),
    "requests.session()": returns("requests.Session"),
    "requests.Request(method, url, headers, files, data, params, auth, cookies, hooks, json)": returns(
        "requests.Request", "url", "method", "data", "json"
    ),
    "requests.Request.prepare(self)": returns("requests.Request"),
    "requests.Session.prepare_request(self, request)": effect(gives="requests.Request", keeps=("request",)),
    "requests.Session.send(self, request, *, stream, timeout, verify, cert, proxies, allow_redirects)": effect(
        Reaches(url="request", method="=request.method"),
        Reaches(url="proxies[]", method="connect"),
        gives="requests.Response",
    ),
    "requests.Proxies.update(self, proxies, *, http, https, all)": effect(
        *(Reaches(url=place, method="connect") for place in ("proxies[]", "http", "https", "all"))
    ),
    "requests.Proxies.setdefault(self, scheme, url)": effect(Reaches(url="url", method="connect")),
    "requests.Proxies.__setitem__(self, scheme, url)": effect(Reaches(url="url", method="connect")),
    "requests.Session.mount(self, prefix, adapter)": nothing(),
    "requests.Session.close(self)": nothing(),
    "requests.Session.proxies.__set__(self, value)": effect(Reaches(url="value[]", method="connect")),
    "requests.Session.cert.__set__(self, value)": effect(Files("read", ("value",))),
    "httpx.get(url, *, params, headers, cookies, auth, proxy, proxies, follow_redirects, verify, cert, timeout, trust_env)": _httpx(
        "GET"
    ),
    "httpx.options(url, *, params, headers, cookies, auth, proxy, proxies, follow_redirects, verify, cert, timeout, trust_env)": _httpx(
        "OPTIONS"
    ),
    "httpx.head(url, *, params, headers, cookies, auth, proxy, proxies, follow_redirects, verify, cert, timeout, trust_env)": _httpx(
        "HEAD"
    ),
    "httpx.post(url, *, content, data, files, json, params, headers, cookies, auth, proxy, proxies, follow_redirects, verify, cert, timeout, trust_env)": _httpx(
        "POST"
    ),
    "httpx.put(url, *, content, data, files, json, params, headers, cookies, auth, proxy, proxies, follow_redirects, verify, cert, timeout, trust_env)": _httpx(
        "PUT"
    ),
    "httpx.patch(url, *, content, data, files, json, params, headers, cookies, auth, proxy, proxies, follow_redirects, verify, cert, timeout, trust_env)": _httpx(
        "PATCH"
    ),
    "httpx.delete(url, *, params, headers, cookies, auth, proxy, proxies, follow_redirects, verify, cert, timeout, trust_env)": _httpx(
        "DELETE"
    ),
    "httpx.request(method, url, *, content, data, files, json, params, headers, cookies, auth, proxy, proxies, follow_redirects, verify, cert, timeout, trust_env)": _httpx(
        "=method"
    ),
    "httpx.stream(method, url, *, content, data, files, json, params, headers, cookies, auth, proxy, proxies, follow_redirects, verify, cert, timeout, trust_env)": _httpx(
        "=method"
    ),
    "httpx.Client.get(self, url, *, params, headers, cookies, auth, follow_redirects, timeout, extensions)": _httpx_client(
        "GET"
    ),
    "httpx.Client.options(self, url, *, params, headers, cookies, auth, follow_redirects, timeout, extensions)": _httpx_client(
        "OPTIONS"
    ),
    "httpx.Client.head(self, url, *, params, headers, cookies, auth, follow_redirects, timeout, extensions)": _httpx_client(
        "HEAD"
    ),
    "httpx.Client.post(self, url, *, content, data, files, json, params, headers, cookies, auth, follow_redirects, timeout, extensions)": _httpx_client(
        "POST"
    ),
    "httpx.Client.put(self, url, *, content, data, files, json, params, headers, cookies, auth, follow_redirects, timeout, extensions)": _httpx_client(
        "PUT"
    ),
    "httpx.Client.patch(self, url, *, content, data, files, json, params, headers, cookies, auth, follow_redirects, timeout, extensions)": _httpx_client(
        "PATCH"
    ),
    "httpx.Client.delete(self, url, *, params, headers, cookies, auth, follow_redirects, timeout, extensions)": _httpx_client(
        "DELETE"
    ),
    "httpx.Client.request(self, method, url, *, content, data, files, json, params, headers, cookies, auth, follow_redirects, timeout, extensions)": _httpx_client(
        "=method"
    ),
    "httpx.Client.stream(self, method, url, *, content, data, files, json, params, headers, cookies, auth, follow_redirects, timeout, extensions)": _httpx_client(
        "=method"
    ),
    "httpx.Client(*, auth, params, headers, cookies, verify, cert, http1, http2, proxy, proxies, mounts, timeout, follow_redirects, limits, max_redirects, event_hooks, base_url, transport, trust_env, default_encoding, app)": CLIENT,
    "httpx.Request(method, url, *, params, headers, cookies, content, data, files, json, stream, extensions)": returns(
        "httpx.Request", "url", "method", "data", "json"
    ),
    "httpx.Client.build_request(self, method, url, *, content, data, files, json, params, headers, cookies, timeout, extensions)": returns(
        "httpx.Request", "url", "method", "data", "json"
    ),
    "httpx.Client.send(self, request, *, stream, auth, follow_redirects)": effect(
        Reaches(url="request", base="self.base_url", method="=request.method"), gives="httpx.Response"
    ),
    "httpx.Client.close(self)": nothing(),
    "httpx.Client.aclose(self)": nothing(),
    "httpx.HTTPTransport(verify, cert, trust_env, http1, http2, limits, proxy, uds, *args, **kwargs)": effect(
        Reaches(url="proxy", method="connect"),
        Reaches(address="uds", method="connect"),
        Files("read", ("verify", "cert")),
    ),
    "httpx.AsyncHTTPTransport(verify, cert, trust_env, http1, http2, limits, proxy, uds, *args, **kwargs)": effect(
        Reaches(url="proxy", method="connect"),
        Reaches(address="uds", method="connect"),
        Files("read", ("verify", "cert")),
    ),
    "httpx.Proxy(url, **kwargs)": effect(Reaches(url="url", method="connect")),
    "httpx.NetRCAuth(file)": effect(Files("read", ("file",), "~/.netrc")),
    "aiohttp.ClientSession.get(self, url, *, data, json, params, headers, cookies, auth, allow_redirects, proxy, proxy_auth, timeout, ssl, raise_for_status)": _aiohttp(
        "GET"
    ),
    "aiohttp.ClientSession.options(self, url, *, data, json, params, headers, cookies, auth, allow_redirects, proxy, proxy_auth, timeout, ssl, raise_for_status)": _aiohttp(
        "OPTIONS"
    ),
    "aiohttp.ClientSession.head(self, url, *, data, json, params, headers, cookies, auth, allow_redirects, proxy, proxy_auth, timeout, ssl, raise_for_status)": _aiohttp(
        "HEAD"
    ),
    "aiohttp.ClientSession.post(self, url, *, data, json, params, headers, cookies, auth, allow_redirects, proxy, proxy_auth, timeout, ssl, raise_for_status)": _aiohttp(
        "POST"
    ),
    "aiohttp.ClientSession.put(self, url, *, data, json, params, headers, cookies, auth, allow_redirects, proxy, proxy_auth, timeout, ssl, raise_for_status)": _aiohttp(
        "PUT"
    ),
    "aiohttp.ClientSession.patch(self, url, *, data, json, params, headers, cookies, auth, allow_redirects, proxy, proxy_auth, timeout, ssl, raise_for_status)": _aiohttp(
        "PATCH"
    ),
    "aiohttp.ClientSession.delete(self, url, *, data, json, params, headers, cookies, auth, allow_redirects, proxy, proxy_auth, timeout, ssl, raise_for_status)": _aiohttp(
        "DELETE"
    ),
    "aiohttp.ClientSession.request(self, method, url, *, data, json, params, headers, cookies, auth, allow_redirects, proxy, proxy_auth, timeout, ssl, raise_for_status)": _aiohttp(
        "=method"
    ),
    "aiohttp.request(method, url, *, data, json, params, headers, cookies, auth, allow_redirects, proxy, proxy_auth, timeout, ssl, raise_for_status, connector)": _aiohttp(
        "=method", None
    ),
    "aiohttp.ClientSession(base_url, *, connector, headers, cookies, auth, json_serialize, timeout, trust_env, proxy, proxy_auth, raise_for_status, cookie_jar)": effect(
        Reaches(url="proxy", method="connect"), gives="aiohttp.ClientSession", keeps=("base_url",)
    ),
    "aiohttp.ClientSession.ws_connect(self, url, *, method, protocols, timeout, proxy, headers, ssl)": effect(
        Reaches(url="url", base="self.base_url", method="GET"),
        Reaches(url="proxy", method="connect"),
        gives="websockets.Connection",
    ),
    "aiohttp.ClientSession.close(self)": nothing(),
    "aiohttp.web.run_app(app, *, host, port, path, sock, ssl_context, handle_signals)": effect(
        Reaches(host="host", port="port", method="listen")
    ),
    "aiohttp.web.TCPSite(runner, host, port, *, ssl_context, backlog)": effect(
        Reaches(host="host", port="port", method="listen")
    ),
    "urllib3.request(method, url, *, body, fields, headers, preload_content, redirect, retries, timeout, json)": effect(
        Reaches(url="url", method="=method"), gives="urllib3.HTTPResponse"
    ),
    "urllib3.PoolManager.request(self, method, url, body, fields, headers, json, *, preload_content, redirect, retries, timeout)": _urllib3(
        "=method"
    ),
    "urllib3.PoolManager.urlopen(self, method, url, redirect, *, body, headers, retries, timeout, fields, json, **kwargs)": _urllib3(
        "=method"
    ),
    "urllib3.PoolManager.request_encode_body(self, method, url, fields, headers, *, body, encode_multipart)": _urllib3(
        "=method"
    ),
    "urllib3.PoolManager.request_encode_url(self, method, url, fields, headers, *, body)": _urllib3(
        "=method"
    ),
    "urllib3.PoolManager.connection_from_host(self, host, port, scheme, pool_kwargs)": ONE_HOST,
    "urllib3.PoolManager.connection_from_url(self, url, pool_kwargs)": effect(
        Reaches(url="url", method="connect"), gives="urllib3.PoolManager"
    ),
    "urllib3.PoolManager.clear(self)": nothing(),
    "urllib3.PoolManager(num_pools, headers, *, cert_file, key_file, ca_certs, cert_reqs, timeout, retries, maxsize, block)": POOL,
    "urllib3.ProxyManager(proxy_url, num_pools, headers, proxy_headers, *, cert_file, key_file, ca_certs)": effect(
        Reaches(url="proxy_url", method="connect"), gives="urllib3.PoolManager"
    ),
    "urllib3.HTTPConnectionPool(host, port, timeout, maxsize, block, headers, retries, *args, **kwargs)": ONE_HOST,
    "urllib3.HTTPSConnectionPool(host, port, timeout, maxsize, block, headers, retries, *, cert_file, key_file, ca_certs)": ONE_HOST,
    "urllib3.connection_from_url(url, *, headers, timeout)": effect(
        Reaches(url="url", method="connect"), gives="urllib3.PoolManager"
    ),
    "urllib3.proxy_from_url(url, *, headers)": effect(
        Reaches(url="url", method="connect"), gives="urllib3.PoolManager"
    ),
    # websockets
    "websockets.connect(uri, *, origin, subprotocols, additional_headers, extra_headers, proxy, open_timeout, ping_interval, max_size, ssl)": effect(
        Reaches(url="uri", method="GET"), Reaches(url="proxy", method="connect"), gives=WEBSOCKET
    ),
    "websockets.sync.client.connect(uri, *, sock, ssl, server_hostname, origin, additional_headers, proxy)": effect(
        Reaches(url="uri", method="GET"), Reaches(url="proxy", method="connect"), gives=WEBSOCKET
    ),
    "websockets.unix_connect(path, uri)": effect(Reaches(address="path", method="connect"), gives=WEBSOCKET),
    "websockets.serve(handler, host, port, *, ssl, origins)": effect(
        Reaches(host="host", port="port", method="listen"), Calls("handler")
    ),
    "websockets.sync.server.serve(handler, host, port, *, sock, ssl)": effect(
        Reaches(host="host", port="port", method="listen"), Calls("handler")
    ),
    "websockets.unix_serve(handler, path, **kwargs)": effect(
        Reaches(address="path", method="listen"), Calls("handler")
    ),
    "websockets.sync.server.unix_serve(handler, path, **kwargs)": effect(
        Reaches(address="path", method="listen"), Calls("handler")
    ),
    "websockets.sync.client.unix_connect(path, uri, **kwargs)": effect(
        Reaches(address="path", method="connect"), gives=WEBSOCKET
    ),
    "websockets.Connection.send(self, message)": nothing(),
    "websockets.Connection.recv(self)": nothing(),
    "websockets.Connection.close(self, code, reason)": nothing(),
    "websocket.create_connection(url, timeout, *, header, http_proxy_host, http_proxy_port, sslopt)": effect(
        Reaches(url="url", method="GET"),
        Reaches(host="http_proxy_host", port="http_proxy_port", method="connect"),
        gives=SOCKET,
    ),
    "websocket.WebSocket(*args, **kwargs)": returns(SOCKET),
    "websocket.WebSocket.connect(self, url, *, header, http_proxy_host, http_proxy_port)": effect(
        Reaches(url="url", method="GET"),
        Reaches(host="http_proxy_host", port="http_proxy_port", method="connect"),
    ),
    "websocket.WebSocket.send(self, payload, opcode)": nothing(),
    "websocket.WebSocket.recv(self)": nothing(),
    "websocket.WebSocket.close(self, *args)": nothing(),
    "websocket.WebSocketApp(url, header, on_open, on_reconnect, on_message, on_error, on_close, on_ping, on_pong, on_cont_message, keep_running, get_mask_key, cookie, subprotocols, on_data, socket)": effect(
        Reaches(url="url", method="GET"),
        *(
            Calls(name)
            for name in """
                on_open on_reconnect on_message on_error on_close on_ping on_pong on_cont_message on_data
            """.split()
        ),
        gives="websocket.WebSocketApp",
    ),
    "websocket.WebSocketApp.send(self, data, opcode)": nothing(),
    "websocket.WebSocketApp.close(self, **kwargs)": nothing(),
    "websocket.WebSocketApp.run_forever(self, sockopt, sslopt, *, ping_interval, http_proxy_host, http_proxy_port)": effect(
        Reaches(host="http_proxy_host", port="http_proxy_port", method="connect")
    ),
    # others in use
    "pycurl.Curl()": returns("pycurl.Curl"),
    "pycurl.Curl.setopt(self, option, value)": effect(
        Unlisted("what is set, by number, decides which host is reached")
    ),
    "pycurl.Curl.perform(self)": effect(Unlisted("which host it reaches was set by number")),
    "wget.download(url, out, bar)": effect(Reaches(url="url", method="GET"), Files("write", ("out",))),
    "feedparser.parse(url_file_stream_or_string)": effect(
        Files("read", ("url_file_stream_or_string",), urls=True)
    ),
    "dns.resolver.resolve(qname, rdtype, *args, **kwargs)": effect(Reaches(host="qname", method="resolve")),
    "dns.resolver.query(qname, rdtype, *args, **kwargs)": effect(Reaches(host="qname", method="resolve")),
    "dns.resolver.resolve_name(name, family, **kwargs)": effect(Reaches(host="name", method="resolve")),
    "dns.resolver.Resolver(filename, configure)": effect(
        Files("read", ("filename",)), gives="dns.resolver.Resolver"
    ),
    "dns.resolver.Resolver.resolve(self, qname, rdtype, *args, **kwargs)": effect(
        Reaches(host="qname", method="resolve")
    ),
    "dns.reversename.from_address(text, *args)": nothing(),
    "dns.query.*(q, where, *args, **kwargs)": effect(Reaches(host="where", method="connect")),
    "socketio.Client(*args, **kwargs)": returns("socketio.Client"),
    "socketio.AsyncClient(*args, **kwargs)": returns("socketio.Client"),
    "socketio.SimpleClient(*args, **kwargs)": returns("socketio.Client"),
    "socketio.Client.connect(self, url, *args, **kwargs)": effect(Reaches(url="url", method="connect")),
    "socketio.Client.on(self, event, handler, namespace)": effect(Calls("handler")),
    "socketio.Client.emit(self, event, data, *args, **kwargs)": nothing(),
    "socketio.Client.wait(self)": nothing(),
    "socketio.Client.disconnect(self)": nothing(),
    "httplib2.Http(cache, *args, **kwargs)": effect(Files("write", ("cache",)), gives="httplib2.Http"),
    "httplib2.Http.request(self, uri, method, body, headers, redirections, connection_type)": effect(
        Reaches(url="uri", method="=method")
    ),
    "mechanize.Browser(*args, **kwargs)": returns("mechanize.Browser"),
    "mechanize.Browser.open(self, url_or_request, data, timeout)": effect(
        Reaches(url="url_or_request", body=("data",)), gives="mechanize.Response"
    ),
    "mechanize.Browser.follow_link(self, *args, **kwargs)": effect(
        Unlisted("where a link leads is not known")
    ),
    "mechanize.Browser.retrieve(self, fullurl, filename, *args, **kwargs)": effect(
        Reaches(url="fullurl", method="GET"), Files("write", ("filename",))
    ),
    "mechanize.urlopen(url, *args, **kwargs)": effect(Reaches(url="url", method="GET")),
    "mechanize.Response.read(self)": nothing(),
    **{
        f"cloudscraper.{name}(*args, **kwargs)": returns("requests.Session")
        for name in ("create_scraper", "session", "CloudScraper")
    },
    "requests_html.HTMLSession(*args, **kwargs)": returns("requests.Session"),
    "requests_cache.CachedSession(cache_name, *args, **kwargs)": effect(
        Files("write", ("cache_name",), "http_cache.sqlite"), gives="requests.Session"
    ),
    "requests_toolbelt.MultipartEncoder(fields, *args, **kwargs)": nothing(),
    "tldextract.extract(url, **kwargs)": nothing(),
    "scrapy.Request(url, callback, method, *args, **kwargs)": effect(
        Reaches(url="url", method="=method"), Calls("callback")
    ),
    "scrapy.FormRequest(url, callback, method, *args, **kwargs)": effect(
        Reaches(url="url", method="POST"), Calls("callback")
    ),
    "scrapy.crawler.CrawlerProcess(settings, *args, **kwargs)": returns("scrapy.crawler.CrawlerProcess"),
    "scrapy.crawler.CrawlerProcess.crawl(self, crawler_or_spidercls, *args, **kwargs)": effect(
        Unlisted("reaches the addresses that the spider names, and follows the links that it finds")
    ),
    "scrapy.crawler.CrawlerProcess.start(self, *args, **kwargs)": nothing(),
    "whois.whois(url)": effect(Reaches(url="url", method="connect")),
}

ATTRIBUTES: dict[str, str] = {"requests.Session.proxies": "requests.Proxies"}
