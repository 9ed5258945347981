# SPDX-License-Identifier: Apache-2.0
"""Requests as raw bytes, and the answers that RFC 9110 and RFC 9112 ask for where the strict reading is taken.

Each case is (name, bytes, statuses, connection). One of the statuses must be the answer; most cases allow one only. RFC
9112 leaves the choice where a case allows several. The connection is CLOSES, KEEPS, or EITHER when the RFC leaves that
to the server. None of the requests may be answered with metrics: where "GET /metrics" occurs, the bytes are the body of
another request, or stand behind a request after which the connection closes.
"""
CLOSES, KEEPS, EITHER = "closes", "keeps", "either"

# HttpLimits (exporter/http/http_server.h).
HEADER_BYTES = 32 << 10
FIELDS = 350

_PATH = "/-/healthy"
_BODY = b"GET /metrics HTTP/1.1\r\nHost: agent\r\n\r\n"
_CHUNK = b"%x\r\n%b\r\n" % (len(_BODY), _BODY)
# A POST may be answered before its body is read, or when its body turns out to be wrong.
_TO_A_POST = (400, 405, 413)


def _text(text):
    """As it is on the wire: the characters below 256 are bytes."""
    return text.encode("latin-1")


def line(text):
    """A request with that request line."""
    return _text(f"{text}\r\nHost: agent\r\n\r\n")


def field(text):
    """A GET with that header line after Host."""
    return _text(f"GET {_PATH} HTTP/1.1\r\nHost: agent\r\n{text}\r\n\r\n")


def head(*lines):
    """A GET with exactly these header lines."""
    return _text("\r\n".join([f"GET {_PATH} HTTP/1.1", *lines, "", ""]))


def old(*lines):
    """The same in HTTP/1.0."""
    return head(*lines).replace(b"HTTP/1.1", b"HTTP/1.0", 1)


def post(fields, body=b"", path="/"):
    """A POST with these header lines, separated by CRLF, and that body."""
    return _text(f"POST {path} HTTP/1.1\r\nHost: agent\r\n{fields}\r\n\r\n") + body


def chunked(body, method="POST"):
    return _text(f"{method} {_PATH} HTTP/1.1\r\nHost: agent\r\nTransfer-Encoding: chunked\r\n\r\n") + body


def long_field(size):
    """A header of exactly that many bytes."""
    begin = head("Host: agent", "X-Long: ")[:-4]
    return begin + b"x" * (size - len(begin) - 4) + b"\r\n\r\n"


def many_fields(count):
    return head("Host: agent", *["X-A: b"] * (count - 1))


def _refused(cases):
    return [(name, raw, (400,), CLOSES) for name, raw in cases]


_WELL_FORMED = [
    ("the plainest request", head("Host: agent"), (200,), KEEPS),
    ("no blank after the colon", head("Host:agent"), (200,), KEEPS),
    ("tabs and blanks around a value", head("Host: \t agent \t "), (200,), KEEPS),
    ("an empty value", field("X-A:"), (200,), KEEPS),
    ("a tab inside a value", field("X-A: a\tb"), (200,), KEEPS),
    ("bytes above 127 in a value", field("X-A: \x80\xe4\xff"), (200,), KEEPS),
    ("every character that a name may have", field("!#$%&'*+-.^_`|~09azAZ: a"), (200,), KEEPS),
    ("an empty line before the request", b"\r\n" + head("Host: agent"), (200,), KEEPS),
    ("an empty Host", head("Host:"), (200,), KEEPS),
    ("a Host with a port", head("hOST: [::1]:80"), (200,), KEEPS),
    ("a header of the size that is allowed", long_field(HEADER_BYTES), (200,), KEEPS),
    ("as many fields as are allowed", many_fields(FIELDS), (200,), KEEPS),
    ("HEAD", line(f"HEAD {_PATH} HTTP/1.1"), (200,), KEEPS),
    ("Connection: close", field("Connection: close") + _BODY, (200,), CLOSES),
    ("Connection: CLOSE", field("Connection: CLOSE") + _BODY, (200,), CLOSES),
    ("close among other options", field("Connection: x, close ,y") + _BODY, (200,), CLOSES),
    ("close in the second Connection", field("Connection: x\r\nConnection: close") + _BODY, (200,), CLOSES),
    ("HTTP/1.0", old("Host: agent") + _BODY, (200,), CLOSES),
    ("HTTP/1.0 without Host", old("X-A: b") + _BODY, (200,), CLOSES),
    ("HTTP/1.0 with keep-alive", old("Host: agent", "Connection: keep-alive"), (200,), EITHER),
    ("Upgrade: h2c", field("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAA"),
     (200,), KEEPS),
    ("Upgrade: websocket", field("Connection: Upgrade\r\nUpgrade: websocket"), (200,), KEEPS),
]

_TARGETS = [
    ("an absolute target", line(f"GET http://agent{_PATH} HTTP/1.1"), (200,), KEEPS),
    ("an absolute target of https", line(f"GET HTTPS://[::1]:1{_PATH}?a=b HTTP/1.1"), (200,), KEEPS),
    ("an absolute target that differs from Host", line(f"GET http://other{_PATH} HTTP/1.1"), (200,), KEEPS),
    ("an absolute target of ftp", line(f"GET ftp://agent{_PATH} HTTP/1.1"), (400, 404, 421), EITHER),
    ("a query with %00", line(f"GET {_PATH}?a=%00 HTTP/1.1"), (200, 400), EITHER),
    ("%00 at the end of a path", line("GET /metrics%00 HTTP/1.1"), (400, 404), EITHER),
    ("%00 inside a path", line("GET /-/hea%00lthy HTTP/1.1"), (400, 404), EITHER),
    ("%0d%0a in a path", line("GET /%0d%0aSet-Cookie:a=b HTTP/1.1"), (400, 404), EITHER),
    ("a % without digits", line("GET /%zz HTTP/1.1"), (400, 404), EITHER),
    ("a climbing path", line("GET /../../etc/passwd HTTP/1.1"), (400, 404), EITHER),
    ("a fragment", line(f"GET {_PATH}#a HTTP/1.1"), (400, 404), EITHER),
    ("OPTIONS *", line("OPTIONS * HTTP/1.1"), (200, 204, 404, 405, 501), EITHER),
    ("CONNECT", line("CONNECT agent:80 HTTP/1.1"), (400, 404, 405, 501), EITHER),
    ("TRACE", line(f"TRACE {_PATH} HTTP/1.1"), (405, 501), EITHER),
    ("an unknown method", line(f"BREW {_PATH} HTTP/1.1"), (405, 501), EITHER),
    ("a method in small letters", line(f"get {_PATH} HTTP/1.1"), (405, 501), EITHER),
    ("a method of 1,000 letters", line(f"{'G' * 1000} {_PATH} HTTP/1.1"), (400, 405, 501), EITHER),
    ("a method of 40,000 letters", line(f"{'G' * 40000} {_PATH} HTTP/1.1"), (400, 405, 414, 431, 501), CLOSES),
] + _refused([
    ("an absolute target without a host", line(f"GET http://{_PATH} HTTP/1.1")),
    ("an absolute target with a user", line(f"GET http://user@agent{_PATH} HTTP/1.1")),
    ("an absolute target with a bad port", line(f"GET http://agent:x{_PATH} HTTP/1.1")),
    ("a target without a slash", line("GET metrics HTTP/1.1")),
    ("an authority as the target of a GET", line("GET agent:80 HTTP/1.1")),
    ("* as the target of a GET", line("GET * HTTP/1.1")),
    ("NUL at the end of a target", line(f"GET {_PATH}\0 HTTP/1.1")),
    ("NUL inside a target", line("GET /metrics\0x HTTP/1.1")),
    ("NUL in a query", line(f"GET {_PATH}?a=\0 HTTP/1.1")),
    ("a control character in a target", line(f"GET {_PATH}\x01 HTTP/1.1")),
    ("DEL in a target", line(f"GET {_PATH}\x7f HTTP/1.1")),
    ("a bare CR in a target", line(f"GET {_PATH}\r HTTP/1.1")),
    ("a byte above 127 in a target", line(f"GET {_PATH}\xe4 HTTP/1.1")),
    ("UTF-8 in a query", line(f"GET {_PATH}?a=\xc3\xa4 HTTP/1.1")),
    ("a blank in a target", line(f"GET {_PATH} a HTTP/1.1")),
])

_REQUEST_LINES = [
    # RFC 9110 section 2.5: a higher minor version should be served as HTTP/1.1.
    ("HTTP/1.2", line(f"GET {_PATH} HTTP/1.2"), (200, 505), EITHER),
    ("HTTP/2.0", line(f"GET {_PATH} HTTP/2.0"), (400, 505), CLOSES),
    ("HTTP/0.9", line(f"GET {_PATH} HTTP/0.9"), (400, 505), CLOSES),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505), CLOSES),
] + _refused([
    ("http/1.1", line(f"GET {_PATH} http/1.1")),
    ("Http/1.1", line(f"GET {_PATH} Http/1.1")),
    ("HTTP/1", line(f"GET {_PATH} HTTP/1")),
    ("HTTP/11", line(f"GET {_PATH} HTTP/11")),
    ("HTTP/1.10", line(f"GET {_PATH} HTTP/1.10")),
    ("HTTP/+1.1", line(f"GET {_PATH} HTTP/+1.1")),
    ("HTTP/1,1", line(f"GET {_PATH} HTTP/1,1")),
    ("HTTPS/1.1", line(f"GET {_PATH} HTTPS/1.1")),
    ("no version", line(f"GET {_PATH}")),
    ("a method alone", line("GET")),
    ("an empty method", line(f" {_PATH} HTTP/1.1")),
    ("an empty target", line("GET  HTTP/1.1")),
    ("two blanks after the method", line(f"GET  {_PATH} HTTP/1.1")),
    ("two blanks before the version", line(f"GET {_PATH}  HTTP/1.1")),
    ("a blank at the beginning", line(f" GET {_PATH} HTTP/1.1")),
    ("a blank at the end", line(f"GET {_PATH} HTTP/1.1 ")),
    ("a tab after the method", line(f"GET\t{_PATH} HTTP/1.1")),
    ("a tab before the version", line(f"GET {_PATH}\tHTTP/1.1")),
    ("a form feed as separator", line(f"GET\x0c{_PATH} HTTP/1.1")),
    ("( in a method", line(f"GE(T {_PATH} HTTP/1.1")),
    (": in a method", line(f"GET: {_PATH} HTTP/1.1")),
    ("NUL in a method", line(f"GE\0T {_PATH} HTTP/1.1")),
    ("a byte above 127 in a method", line(f"G\xc4T {_PATH} HTTP/1.1")),
    ("NULs", b"\0" * 4096 + b"\r\n\r\n"),
    ("a greeting of TLS", bytes.fromhex("1603010200010001fc0303") + b"\x5a" * 500 + b"\r\n\r\n"),
])

_FIELD_LINES = _refused([
    ("a blank before the colon", field("X-A : b")),
    ("a tab before the colon", field("X-A\t: b")),
    ("a blank before the colon of Host", head("Host : agent")),
    ("a blank before the colon of Content-Length", post(f"Content-Length : {len(_BODY)}", _BODY)),
    ("a blank before the colon of Transfer-Encoding", post("Transfer-Encoding : chunked", b"0\r\n\r\n")),
    ("a folded header", field("X-A: b\r\n c")),
    ("a header folded with a tab", field("X-A: b\r\n\tc")),
    ("a header folded at once", field("X-A:\r\n b")),
    ("a folded Content-Length", post(f"Content-Length:\r\n {len(_BODY)}", _BODY)),
    ("a Content-Length folded between its digits", post("Content-Length: 3\r\n 8", _BODY)),
    ("a folded Transfer-Encoding", post("Transfer-Encoding:\r\n chunked", b"0\r\n\r\n")),
    ("a folded Host", head("Host:\r\n agent")),
    ("a blank before the first header", head(" X-A: b", "Host: agent")),
    ("a blank before Host", head(" Host: agent", "Host: agent")),
    ("a line of blanks", field("X-A: b\r\n  ")),
    ("an empty name", field(": b")),
    ("an empty name and value", field(":")),
    ("a line without a colon", field("X-A")),
    ("a blank in a name", field("X A: b")),
    ("( in a name", field("X(A: b")),
    ("@ in a name", field("X@A: b")),
    ("a quote in a name", field('"X": b')),
    ("a byte above 127 in a name", field("X\xe4: b")),
    ("NUL in a name", field("X\0A: b")),
    ("DEL in a name", field("X\x7f: b")),
    ("NUL in a value", field("X-A: a\0b")),
    ("NUL as a value", field("X-A: \0")),
    ("NUL in Host", head("Host: agent\0evil")),
    ("a control character in a value", field("X-A: a\x01b")),
    ("an escape character in a value", field("X-A: a\x1b[31m")),
    ("DEL in a value", field("X-A: a\x7fb")),
    ("a bare CR in a value", field("X-A: a\rb")),
    ("a bare CR that hides a header", field(f"X-A: a\rContent-Length: {len(_BODY)}") + _BODY),
    ("a bare LF that hides a header", field(f"X-A: a\nContent-Length: {len(_BODY)}") + _BODY),
    ("two CRs before an LF", field("X-A: a\r")),
    ("bare LFs", head("Host: agent").replace(b"\r\n", b"\n")),
    ("a bare LF after the request line", head("Host: agent").replace(b"\r\n", b"\n", 1)),
    ("a bare LF after a header", field("X-A: b").replace(b"b\r\n", b"b\n")),
    ("a bare LF as the empty line", field("X-A: b")[:-2] + b"\n"),
    ("bare CRs", head("Host: agent").replace(b"\r\n", b"\r")),
])

_HOSTS = _refused([
    ("no Host", head("X-A: b")),
    ("no header at all", head()),
    ("no Host with an absolute target", _text(f"GET http://agent{_PATH} HTTP/1.1\r\n\r\n")),
    ("two Hosts that are equal", head("Host: agent", "Host: agent")),
    ("two Hosts that differ", head("Host: agent", "X-A: b", "hOST: other")),
    ("two Hosts in HTTP/1.0", old("Host: agent", "Host: agent")),
    ("two Hosts in one line", head("Host: agent, other")),
    ("a blank in Host", head("Host: a b")),
    ("a URL as Host", head("Host: http://agent/")),
    ("a user in Host", head("Host: user@agent")),
    ("a path in Host", head("Host: agent/metrics")),
    ("a port that is no number", head("Host: agent:x")),
    ("a port beyond 65535", head("Host: agent:65536")),
    ("a byte above 127 in Host", head("Host: \xe4gent")),
    ("a bad Host with an absolute target", _text(f"GET http://agent{_PATH} HTTP/1.1\r\nHost: a/b\r\n\r\n")),
])

_LENGTHS = _refused([
    ("two lengths that differ", post("Content-Length: 5\r\nContent-Length: 6", b"hello!")),
    ("two lengths that are equal", post("Content-Length: 5\r\nContent-Length: 5", b"hello")),
    ("a list of lengths", post("Content-Length: 5, 5", b"hello")),
    ("Content-Length and Transfer-Encoding", post("Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n" + _BODY)),
    ("Transfer-Encoding and Content-Length", post("Transfer-Encoding: chunked\r\nContent-Length: 5", b"0\r\n\r\n" + _BODY)),
    ("both in a GET", field("Content-Length: 5\r\nTransfer-Encoding: chunked") + b"0\r\n\r\n" + _BODY),
    ("an empty length", post("Content-Length:", _BODY)),
    ("a word as length", post("Content-Length: five", b"hello")),
    ("a negative length", post("Content-Length: -5", b"hello")),
    ("a length of minus zero", post("Content-Length: -0")),
    ("a plus sign before a length", post("Content-Length: +5", b"hello")),
    ("a hexadecimal length", post("Content-Length: 0x5", b"hello")),
    ("hexadecimal digits as length", post("Content-Length: 1a", b"x" * 26)),
    ("a length with a fraction", post("Content-Length: 5.0", b"hello")),
    ("a length with an exponent", post("Content-Length: 1e1", b"x" * 10)),
    ("two numbers as length", post("Content-Length: 5 5", b"hello")),
    ("a quoted length", post('Content-Length: "5"', b"hello")),
    ("a bad length of a GET", field("Content-Length: -1")),
    ("chunked in HTTP/1.0", old("Transfer-Encoding: chunked") + b"0\r\n\r\n"),
    # RFC 9112 section 6.3: 400, although the last coding may be one that the server does not know.
    ("chunked that is not the last coding", post("Transfer-Encoding: chunked, gzip", b"0\r\n\r\n" + _BODY)),
]) + [
    ("a length beyond 64 bits", post("Content-Length: 18446744073709551621", b"hello"), (400, 413), CLOSES),
    ("a length of 23 digits", post("Content-Length: 99999999999999999999999", b"hello"), (400, 413), CLOSES),
    ("a length of a terabyte", post("Content-Length: 1000000000000", b"hello"), _TO_A_POST, CLOSES),
    ("a coding that nobody knows", post("Transfer-Encoding: xchunked", b"0\r\n\r\n" + _BODY), (400, 501), CLOSES),
    ("chunked twice", post("Transfer-Encoding: chunked, chunked", b"0\r\n\r\n" + _BODY), (400, 501), CLOSES),
    ("identity", post("Transfer-Encoding: identity", b"0\r\n\r\n" + _BODY), (400, 501), CLOSES),
    ("gzip before chunked", post("Transfer-Encoding: gzip, chunked", b"0\r\n\r\n" + _BODY), (400, 501), CLOSES),
    ("two codings in two lines", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", b"0\r\n\r\n" + _BODY),
     (400, 501), CLOSES),
    ("an empty coding", post("Transfer-Encoding:", b"0\r\n\r\n" + _BODY), (400, 501), CLOSES),
    ("a vertical tab before chunked", post("Transfer-Encoding: \x0bchunked", b"0\r\n\r\n" + _BODY), (400, 501), CLOSES),
]

# The answer may come before the body is read, but the connection cannot go on after such a chunk.
_CHUNKS = [(name, chunked(body), _TO_A_POST, CLOSES) for name, body in (
    ("a chunk size that is no number", b"xyz\r\nhello\r\n0\r\n\r\n"),
    ("an empty chunk size", b"\r\nhello\r\n0\r\n\r\n"),
    ("a negative chunk size", b"-5\r\nhello\r\n0\r\n\r\n"),
    ("a plus sign before a chunk size", b"+5\r\nhello\r\n0\r\n\r\n"),
    ("0x before a chunk size", b"0x5\r\nhello\r\n0\r\n\r\n"),
    ("a blank before a chunk size", b" 5\r\nhello\r\n0\r\n\r\n"),
    ("a chunk size of 17 digits", b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
    ("a chunk size of all bits", b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    ("a bare LF after a chunk size", b"5\nhello\r\n0\r\n\r\n"),
    ("a chunk that is longer than its size", b"5\r\nhello!!\r\n0\r\n\r\n"),
    ("a bare LF after a chunk", b"5\r\nhello\n0\r\n\r\n"),
    ("a bare LF in an extension", b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
)]

_BODIES = [
    ("a GET whose body is a request", field(f"Content-Length: {len(_BODY)}") + _BODY, (200, 400, 413), EITHER),
    ("a HEAD whose body is a request", field(f"Content-Length: {len(_BODY)}").replace(b"GET", b"HEAD", 1) + _BODY,
     (200, 400, 413), EITHER),
    ("a GET whose chunks are a request", chunked(_CHUNK + b"0\r\n\r\n", "GET"), (200, 400, 413), EITHER),
    ("a GET with a length of zero", field("Content-Length: 0"), (200,), KEEPS),
    ("a POST whose body is a request", post(f"Content-Length: {len(_BODY)}", _BODY), _TO_A_POST, EITHER),
    ("a POST whose chunks are a request", chunked(_CHUNK + b"0\r\n\r\n"), _TO_A_POST, EITHER),
    ("a POST to a path that is not there", post(f"Content-Length: {len(_BODY)}", _BODY, "/nowhere"), (404, 405, 413),
     EITHER),
    ("a POST with extensions and trailers", chunked(b'5;a="b"\r\nhello\r\n0;c\r\nX-A: b\r\n\r\n'), _TO_A_POST, EITHER),
    ("Expect without a body", field("Expect: 100-continue"), (200,), EITHER),
    ("Expect before a body", post(f"Content-Length: {len(_BODY)}\r\nExpect: 100-continue", _BODY), (405, 413, 417), EITHER),
    ("Expect of something else", field("Expect: the-unexpected"), (200, 417), EITHER),
]

_SIZES = [
    ("a header one byte too long", long_field(HEADER_BYTES + 1), (431,), CLOSES),
    ("a header of 2 MB", long_field(2 << 20), (431,), CLOSES),
    ("one field too many", many_fields(FIELDS + 1), (431,), CLOSES),
    ("100,000 fields", many_fields(100000), (431,), CLOSES),
    ("a target of 40,000 bytes", line(f"GET /{'a' * 40000} HTTP/1.1"), (414, 431), CLOSES),
    ("a target of 1 MB", line(f"GET /{'a' * (1 << 20)} HTTP/1.1"), (414, 431), CLOSES),
    ("a query of 400 parameters", line(f"GET {_PATH}?{'a&' * 400} HTTP/1.1"), (414, 431), CLOSES),
]

CASES = (_WELL_FORMED + _TARGETS + _REQUEST_LINES + _FIELD_LINES + _HOSTS + _LENGTHS + _CHUNKS + _BODIES + _SIZES)
