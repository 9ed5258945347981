# SPDX-License-Identifier: Apache-2.0
"""An API server of Kubernetes that holds pods, EndpointSlices and services, records each request, and fails as a test
tells it to.

It lists in pages, watches, sends initial events and bookmarks, and forgets old versions. It knows no other verb than GET.
"""
import base64
import collections
import http.server
import json
import socket
import struct
import threading
import time
import urllib.parse

from support import cleanup

PODS = "/api/v1/pods"
SERVICES = "/api/v1/services"
SLICES = "/apis/discovery.k8s.io/v1/endpointslices"
KINDS = {PODS: ("v1", "Pod"), SERVICES: ("v1", "Service"), SLICES: ("discovery.k8s.io/v1", "EndpointSlice")}


def pod(name, address="10.42.0.1", node="node-1", namespace="shop", owner=("ReplicaSet", None), host_network=False,
        phase="Running", filling=0):
    """A pod with what kube-apiserver sends besides: about `filling` bytes of it. The ReplicaSet is cut from its name."""
    kind, owner_name = owner
    labels = {"app": name}
    if kind == "ReplicaSet":
        owner_name = owner_name or name.rsplit("-", 1)[0]
        labels["pod-template-hash"] = owner_name.rsplit("-", 1)[-1]
    managed = {"f:metadata": {"f:labels": {f"f:label-{i}": {} for i in range(filling // 20)}}}
    return {"metadata": {"name": name, "namespace": namespace, "uid": f"uid-{namespace}-{name}", "labels": labels,
                         "ownerReferences": [{"kind": kind, "name": owner_name, "controller": True}] if kind else [],
                         "managedFields": [{"manager": "kubelet", "fieldsType": "FieldsV1", "fieldsV1": managed}]},
            "spec": {"nodeName": node, "hostNetwork": host_network,
                     "containers": [{"name": "main", "image": "example.com/app:1"}]},
            "status": {"phase": phase, "hostIP": "10.0.0.1", "podIP": address, "podIPs": [{"ip": address}],
                       "containerStatuses": [{"name": "main", "ready": True, "containerID": "containerd://" + "0" * 64}]}}


def slice_of(name, service, endpoints, ports=(8080,), namespace="shop"):
    """An EndpointSlice. `endpoints` are (address, pod, node, zone)."""
    return {"metadata": {"name": name, "namespace": namespace, "labels": {"kubernetes.io/service-name": service}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": [address], "conditions": {"ready": True, "serving": True, "terminating": False},
                           "nodeName": node, "zone": zone,
                           "targetRef": {"kind": "Pod", "name": pod_name, "namespace": namespace, "uid": "u" * 36}}
                          for address, pod_name, node, zone in endpoints],
            "ports": [{"name": f"p{port}", "port": port, "protocol": "TCP"} for port in ports]}


def service(name, address, ports=(80,), namespace="shop"):
    return {"metadata": {"name": name, "namespace": namespace},
            "spec": {"clusterIP": address, "clusterIPs": [address], "selector": {"app": name},
                     "ports": [{"port": port, "targetPort": 8080, "protocol": "TCP"} for port in ports]}}


Request = collections.namedtuple("Request", "seconds resource verb query token user_agent connection")


class Fault:
    """What happens to one request in place of its answer, or to its answer."""

    def __init__(self, status=None, retry_after=None, delay=None, cut_after=None, is_endless=False, resource=None,
                 verb=None):
        self.status = status
        self.is_endless = is_endless  # the body that comes with `status` never ends
        self.retry_after = retry_after
        self.delay = delay          # seconds before anything is said
        self.cut_after = cut_after  # bytes of the body before the connection breaks
        self.resource = resource    # None = any
        self.verb = verb            # "list", "watch" or "initial"; None = any


class _Cut(Exception):
    pass


class KubeApi:
    """Listens on a free port of 127.0.0.1.

    `tls` is an ssl.SSLContext. `tokens` are those that it accepts; None = it asks for none. Without `initial_events` it
    refuses the parameter, as servers without the feature WatchList do. `gone_as` says how it refuses a version that it has forgotten:
    "status" or "event".
    """

    def __init__(self, tls=None, tokens=None, initial_events=True, gone_as="status", bookmark_seconds=None):
        self.requests = []
        self.tokens = tokens
        self.initial_events = initial_events
        self.gone_as = gone_as
        self._bookmark_seconds = bookmark_seconds
        self._objects = {path: {} for path in KINDS}  # from (namespace, name) to (version, object as JSON, node)
        self._events = []                             # (version, resource, line, node)
        self._version = 1000
        self._forgotten = 1000  # a watch must begin at this version or later
        self._faults = []
        self._watches = []
        self._changed = threading.Condition()
        self._is_closed = False
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                try:
                    api._serve(self)
                except _Cut:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # the client may go away at any time

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        cleanup.keep(self)

    # What a test does.

    def put(self, *objects):
        """Creates or replaces objects, and tells the watches."""
        with self._changed:
            for each in objects:
                resource = _resource_of(each)
                key = (each["metadata"]["namespace"], each["metadata"]["name"])
                verb = "MODIFIED" if key in self._objects[resource] else "ADDED"
                self._version += 1
                text = self._text(resource, each)
                node = each.get("spec", {}).get("nodeName") if resource == PODS else None
                self._objects[resource][key] = (self._version, text, node)
                self._add_event(resource, verb, text, node)
            self._changed.notify_all()

    def delete(self, *objects):
        with self._changed:
            for each in objects:
                resource = _resource_of(each)
                _, _, node = self._objects[resource].pop((each["metadata"]["namespace"], each["metadata"]["name"]))
                self._version += 1
                self._add_event(resource, "DELETED", self._text(resource, each), node)
            self._changed.notify_all()

    def forget(self):
        """Forgets all versions before now: a watch from one of them gets 410."""
        with self._changed:
            self._version += 1
            self._forgotten = self._version
            self._events.clear()

    def expect(self, *faults):
        """The next requests that the faults fit meet them, each once, in this order."""
        with self._changed:
            self._faults.extend(faults)

    def expect_nothing(self):
        """No request meets a fault from now on."""
        with self._changed:
            self._faults.clear()

    def send_to_watches(self, resource, raw):
        """Each open watch of the resource gets these bytes; None breaks its connection."""
        with self._changed:
            for watch in self._watches:
                if watch.resource == resource:
                    watch.raw.append(raw)
            self._changed.notify_all()

    def expire_watches(self, resource):
        """Each open watch of the resource gets an event of the code 410, and ends."""
        self.forget()
        self.send_to_watches(resource, _error(410) + b"\n")

    def of(self, resource, verb=None):
        """The requests so far."""
        return [each for each in list(self.requests) if each.resource == resource and verb in (None, each.verb)]

    def open_watches(self, resource):
        with self._changed:
            return sum(watch.resource == resource for watch in self._watches)

    def close(self):
        cleanup.release(self)
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()

    # The server.

    def _text(self, resource, each):
        version, kind = KINDS[resource]
        each["metadata"]["resourceVersion"] = str(self._version)
        return json.dumps({"kind": kind, "apiVersion": version, **each}, separators=(",", ":")).encode()

    def _add_event(self, resource, verb, text, node):
        self._events.append((self._version, resource, b'{"type":"%s","object":%s}\n' % (verb.encode(), text), node))

    def _lines_after(self, version, resource, node):
        begin = len(self._events)
        while begin > 0 and self._events[begin - 1][0] > version:
            begin -= 1
        return [line for _, its, line, its_node in self._events[begin:] if its == resource and node in (None, its_node)]

    def _take_fault(self, resource, verb):
        for fault in self._faults:
            if fault.resource in (None, resource) and fault.verb in (None, verb):
                self._faults.remove(fault)
                return fault
        return None

    def _serve(self, handler):
        url = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        verb = "list"
        if query.get("watch") == "true":
            verb = "initial" if query.get("sendInitialEvents") == "true" else "watch"
        token = (handler.headers["Authorization"] or "").partition("Bearer ")[2] or None
        with self._changed:
            self.requests.append(Request(time.monotonic(), url.path, verb, query, token, handler.headers["User-Agent"],
                                         handler.client_address))
            fault = self._take_fault(url.path, verb)
        if fault is not None and fault.delay is not None:
            time.sleep(fault.delay)
        if fault is not None and fault.is_endless:
            body = _Body(handler, None)
            body.begin(fault.status)
            while True:  # until the client goes away
                body.write(b"x" * 1000)
        if fault is not None and fault.status is not None:
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
            return _answer(handler, fault.status, _status(fault.status), headers)
        if self.tokens is not None and token not in self.tokens:
            return _answer(handler, 401, _status(401))
        if url.path not in KINDS:
            return _answer(handler, 404, _status(404))
        body = _Body(handler, fault.cut_after if fault is not None else None)
        node = query.get("fieldSelector", "").partition("spec.nodeName=")[2] or None
        if verb == "list":
            return self._list(handler, body, url.path, query, node)
        if verb == "initial" and not self.initial_events:
            return _answer(handler, 422, _status(422))
        return self._watch(handler, body, url.path, verb, query, node)

    def _list(self, handler, body, resource, query, node):
        with self._changed:
            version, first = self._version, ("", "")
            if "continue" in query:
                version, first = json.loads(base64.b64decode(query["continue"]))
                if version < self._forgotten:
                    return _answer(handler, 410, _status(410))
            chosen = sorted((key, text) for key, (_, text, its_node) in self._objects[resource].items()
                            if key >= tuple(first) and node in (None, its_node))
        limit = int(query.get("limit", len(chosen) + 1))
        more = {}
        if len(chosen) > limit:
            more = {"continue": base64.b64encode(json.dumps([version, chosen[limit][0]]).encode()).decode()}
        api_version, kind = KINDS[resource]
        body.begin()
        body.write(json.dumps({"kind": f"{kind}List", "apiVersion": api_version,
                               "metadata": {"resourceVersion": str(version), **more}})[:-1].encode() + b',"items":[')
        for begin in range(0, min(len(chosen), limit), 50):
            page = chosen[begin:min(begin + 50, limit)]
            body.write((b"," if begin else b"") + b",".join(text for _, text in page))
        body.write(b"]}")
        body.end()

    def _watch(self, handler, body, resource, verb, query, node):
        end = time.monotonic() + int(query["timeoutSeconds"])
        watch = _Watch(resource)
        bookmark = time.monotonic() + (self._bookmark_seconds or 1e9)
        with self._changed:
            version = int(query.get("resourceVersion", self._version))
            if version < self._forgotten:
                if self.gone_as == "status":
                    return _answer(handler, 410, _status(410))
                watch.raw.append(_error(410) + b"\n")
            lines = []
            if verb == "initial":
                lines = [b'{"type":"ADDED","object":%s}\n' % text for _, text, its_node in
                         self._objects[resource].values() if node in (None, its_node)]
                lines.append(_bookmark(resource, version, is_end=True))
            self._watches.append(watch)
        try:
            body.begin()
            while True:
                for begin in range(0, len(lines), 50):
                    body.write(b"".join(lines[begin:begin + 50]))
                for raw in watch.raw:
                    if raw is None:
                        raise _Cut
                    body.write(raw)
                    if raw.startswith(b'{"type":"ERROR"'):
                        return body.end()
                watch.raw.clear()
                with self._changed:
                    lines = self._lines_after(version, resource, node)
                    version = self._version
                    now = time.monotonic()
                    if not lines and now >= bookmark:
                        lines = [_bookmark(resource, self._version)]
                        bookmark = now + self._bookmark_seconds
                    if not lines and not watch.raw:
                        if self._is_closed or now >= end:
                            break
                        self._changed.wait(min(end, bookmark) - now)
            body.end()
        finally:
            with self._changed:
                self._watches.remove(watch)


class _Watch:
    def __init__(self, resource):
        self.resource = resource
        self.raw = []


class _Body:
    """A chunked body, whose connection breaks after `cut_after` bytes."""

    def __init__(self, handler, cut_after):
        self._handler = handler
        self._left = cut_after

    def begin(self, status=200):
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", "application/json")
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()
        self._handler.wfile.flush()

    def write(self, data):
        if self._left is not None and len(data) > self._left:
            if self._left > 0:  # an empty chunk would be the end
                self._handler.wfile.write(b"%x\r\n%s\r\n" % (self._left, data[:self._left]))
                self._handler.wfile.flush()
            raise _Cut
        if self._left is not None:
            self._left -= len(data)
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self._handler.wfile.flush()

    def end(self):
        self._handler.wfile.write(b"0\r\n\r\n")


def _answer(handler, status, body, headers=None):
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _status(code):
    return json.dumps({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                       "message": f"the test says {code}", "reason": "Test", "code": code}).encode()


def _error(code):
    return b'{"type":"ERROR","object":%s}' % _status(code)


def _bookmark(resource, version, is_end=False):
    api_version, kind = KINDS[resource]
    annotations = {"annotations": {"k8s.io/initial-events-end": "true"}} if is_end else {}
    return json.dumps({"type": "BOOKMARK", "object": {"kind": kind, "apiVersion": api_version, "metadata": {
        "resourceVersion": str(version), **annotations}}}).encode() + b"\n"


def _resource_of(each):
    if "endpoints" in each:
        return SLICES
    return PODS if "status" in each else SERVICES
