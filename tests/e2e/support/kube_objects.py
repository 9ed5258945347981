# SPDX-License-Identifier: Apache-2.0
"""An API server of Kubernetes that keeps what kubectl and Helm send to it, and runs nothing of it.

It knows the kinds that are shipped and those that Helm keeps releases in. It creates, replaces, patches and deletes
objects, in the ways of kubectl apply and of Helm 3 and 4. A test looks at the objects. kube_api.py is the API server that
agents ask for names.
"""
import base64
import collections
import copy
import http.server
import io
import json
import threading
import urllib.parse

import yaml
from support import cleanup

# From (group, version, resource) to (kind, whether it is in a namespace).
_RESOURCES = {
    ("", "v1", "namespaces"): ("Namespace", False),
    ("", "v1", "pods"): ("Pod", True),
    ("", "v1", "secrets"): ("Secret", True),
    ("", "v1", "configmaps"): ("ConfigMap", True),
    ("", "v1", "serviceaccounts"): ("ServiceAccount", True),
    ("apps", "v1", "daemonsets"): ("DaemonSet", True),
    ("rbac.authorization.k8s.io", "v1", "clusterroles"): ("ClusterRole", False),
    ("rbac.authorization.k8s.io", "v1", "clusterrolebindings"): ("ClusterRoleBinding", False),
    ("scheduling.k8s.io", "v1", "priorityclasses"): ("PriorityClass", False),
    ("monitoring.coreos.com", "v1", "podmonitors"): ("PodMonitor", True),
    ("monitoring.coreos.com", "v1", "prometheusrules"): ("PrometheusRule", True),
}
_GROUPS = {group: version for group, version, _ in _RESOURCES if group}
_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
# What names an element of a list, in a strategic merge patch: the x-kubernetes-patch-merge-key of Kubernetes's types. Lists
# of other fields are replaced.
_MERGE_KEYS = {"containers": "name", "env": "name", "volumes": "name", "volumeMounts": "mountPath",
               "ports": "containerPort", "imagePullSecrets": "name"}
_READY_NODES = 1
_WATCH_SECONDS = 5  # after which a client has to ask again
_PROTOBUF = "application/vnd.kubernetes.protobuf"

# Where an object is. `namespace` is None for kinds that are in none, and for a list over all; without `name` it is a list.
_Place = collections.namedtuple("_Place", "group version resource namespace name")


class _Refused(Exception):
    def __init__(self, code, reason, message):
        super().__init__(message)
        self.status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason,
                       "message": message}


class KubeObjects:
    """Listens on a free port of 127.0.0.1, at `url`. It has the namespace default."""

    def __init__(self):
        self._objects = {}  # from _Place to the object
        self._version = 1000
        self._lock = threading.Lock()
        self._closed = threading.Event()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer is one write: with two, the client's delayed acknowledgement costs 40 ms

            def serve(self):
                api._serve(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # the client may go away at any time

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._store(_Place("", "v1", "namespaces", None, "default"), {"metadata": {"name": "default"}})
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        cleanup.keep(self)

    # What a test does.

    def write_kubeconfig(self, path):
        with open(path, "w") as file:
            json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "test",
                       "clusters": [{"name": "test", "cluster": {"server": self.url}}],
                       "users": [{"name": "test", "user": {}}],
                       "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}]}, file)

    def objects(self, *kinds):
        """The objects of these kinds, without what a server adds to them."""
        with self._lock:
            found = [copy.deepcopy(each) for each in self._objects.values() if each["kind"] in kinds]
        for each in found:
            each.pop("status", None)
            for name in ("uid", "resourceVersion", "generation", "creationTimestamp"):
                each["metadata"].pop(name)
            each["metadata"].get("annotations", {}).pop("kubectl.kubernetes.io/last-applied-configuration", None)
        return found

    def close(self):
        cleanup.release(self)
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()

    # The server.

    def _serve(self, handler):
        url = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        content_type = (handler.headers["Content-Type"] or "").split(";")[0]
        body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        if query.get("watch") in ("true", "1"):
            self._watch(handler)
            return
        try:
            with self._lock:
                code, answer = self._answer(handler.command, url.path, query, content_type, _parsed(content_type, body))
        except _Refused as refused:
            code, answer = refused.status["code"], refused.status
        text = json.dumps(answer).encode()
        handler.send_response(code)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def _watch(self, handler):
        """Nothing changes but by the client itself, so there is nothing to tell."""
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.flush()
        handler.close_connection = True
        self._closed.wait(_WATCH_SECONDS)

    def _answer(self, method, path, query, content_type, body):
        if method == "GET":
            known = _discovery(path)
            if known is not None:
                return 200, known
        place = _place_of(path)
        if place is None:
            raise _Refused(404, "NotFound", f"the server could not find {path}")
        if method == "POST":
            return 201, self._create(place._replace(name=body["metadata"]["name"]), body)
        if place.name is None:
            if method == "GET":
                return 200, self._list(place, query)
            raise _Refused(405, "MethodNotAllowed", f"{method} of a whole list")
        if method == "PATCH" and content_type == "application/apply-patch+yaml" and place not in self._objects:
            return 201, self._create(place, body)
        found = self._objects.get(place)
        if found is None:
            raise _Refused(404, "NotFound", f'{place.resource} "{place.name}" not found')
        if method == "PUT":
            return 200, self._store(place, body)
        if method == "PATCH":
            return 200, self._store(place, _patched(found, content_type, body))
        if method == "DELETE":
            return 200, self._objects.pop(place)
        return 200, found

    def _create(self, place, body):
        if place in self._objects:
            raise _Refused(409, "AlreadyExists", f'{place.resource} "{place.name}" already exists')
        if place.namespace and _Place("", "v1", "namespaces", None, place.namespace) not in self._objects:
            raise _Refused(404, "NotFound", f'namespaces "{place.namespace}" not found')
        return self._store(place, body)

    def _store(self, place, body):
        kind, _ = _RESOURCES[place[:3]]
        before = self._objects.get(place, {"metadata": {}})["metadata"]
        self._version += 1
        kept = {"apiVersion": f"{place.group}/{place.version}".lstrip("/"), "kind": kind, **body}
        kept["metadata"] = {**kept["metadata"], "uid": before.get("uid", f"uid-{self._version}"),
                            "creationTimestamp": "2026-01-01T00:00:00Z", "resourceVersion": str(self._version),
                            "generation": before.get("generation", 0) + 1}
        kept["metadata"].pop("managedFields", None)
        if place.namespace:
            kept["metadata"]["namespace"] = place.namespace
        if kind == "DaemonSet":  # as a cluster of one node, where all is well
            kept["status"] = {"observedGeneration": kept["metadata"]["generation"],
                              **{name: _READY_NODES for name in ("currentNumberScheduled", "desiredNumberScheduled",
                                                                 "numberAvailable", "numberReady", "updatedNumberScheduled")},
                              "numberMisscheduled": 0}
        if kind == "Namespace":
            kept["status"] = {"phase": "Active"}
        self._objects[place] = kept
        return kept

    def _list(self, place, query):
        kind, _ = _RESOURCES[place[:3]]
        items = [each for at, each in self._objects.items()
                 if at[:3] == place[:3] and place.namespace in (None, at.namespace)
                 and _fits(each["metadata"].get("labels", {}), query.get("labelSelector"))
                 and _fits({"metadata.name": at.name}, query.get("fieldSelector"))]
        return {"kind": kind + "List", "apiVersion": f"{place.group}/{place.version}".lstrip("/"),
                "metadata": {"resourceVersion": str(self._version)}, "items": items}


def _place_of(path):
    words = path.strip("/").split("/")
    if words[0] == "api" and len(words) > 2:
        group, version, rest = "", words[1], words[2:]
    elif words[0] == "apis" and len(words) > 3:
        group, version, rest = words[1], words[2], words[3:]
    else:
        return None
    namespace = None
    if rest[:1] == ["namespaces"] and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    if (group, version, rest[0]) not in _RESOURCES or len(rest) > 2:
        return None
    return _Place(group, version, rest[0], namespace, rest[1] if len(rest) == 2 else None)


def _fits(values, selector):
    """Whether the values fit a selector of the form NAME=VALUE,..., the only one that is sent here."""
    return all(values.get(term.split("=")[0]) == term.split("=")[-1] for term in (selector or "").split(",") if term)


# What is sent.

def _parsed(content_type, body):
    if content_type == _PROTOBUF:
        return _parsed_secret(body)
    return yaml.load(body, yaml.CSafeLoader)  # JSON is YAML, and Helm 4 sends either


def _parsed_secret(body):
    """A Secret out of Kubernetes's envelope (a magic number, then runtime.Unknown): Helm sends its releases so. Options of
    a DELETE, in the same form, say nothing that matters here."""
    envelope = _fields(body.removeprefix(b"k8s\0"))
    secret = _fields(envelope[2][0])
    if 1 not in secret or not isinstance(secret[1][0], bytes):
        return None
    meta = _fields(secret[1][0])
    labels = {name: value.decode() for name, value in _map(meta.get(11, []))}
    return {"metadata": {"name": meta[1][0].decode(), "labels": labels},
            "type": secret[3][0].decode(),
            "data": {name: base64.b64encode(value).decode() for name, value in _map(secret.get(2, []))}}


def _map(entries):
    for entry in map(_fields, entries):
        yield entry[1][0].decode(), entry[2][0]


def _fields(message):
    """{number: [value, ...]} of a protobuf message: bytes, and numbers as int."""
    found = collections.defaultdict(list)
    stream = io.BytesIO(message)
    while stream.tell() < len(message):
        tag = _varint(stream)
        value = _varint(stream)  # only the wire types 0 and 2 are in these messages
        found[tag >> 3].append(stream.read(value) if tag & 7 == 2 else value)
    return found


def _varint(stream):
    value = shift = 0
    while True:
        byte, = stream.read(1)
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value


# Patches.

def _patched(found, content_type, patch):
    if content_type == "application/apply-patch+yaml":
        return patch  # all objects here have one owner, so what is applied is all that there is
    if content_type == "application/merge-patch+json":
        return _merged(found, patch, {})
    if content_type == "application/strategic-merge-patch+json":
        return _merged(found, patch, _MERGE_KEYS)
    raise _Refused(415, "UnsupportedMediaType", content_type)


def _merged(old, patch, merge_keys):
    """RFC 7396, and for lists of `merge_keys` also what Kubernetes calls strategic."""
    if not isinstance(patch, dict) or not isinstance(old, dict) or patch.get("$patch") == "replace":
        return {name: value for name, value in patch.items() if name != "$patch"} if isinstance(patch, dict) else patch
    result = dict(old)
    for name, value in patch.items():
        key = merge_keys.get(name)
        if name.startswith("$"):
            continue
        if value is None:
            result.pop(name, None)
        elif key and isinstance(value, list):
            result[name] = _merged_list(old.get(name, []), value, patch.get(f"$setElementOrder/{name}", []), key, merge_keys)
        elif isinstance(value, dict):
            result[name] = _merged(old.get(name, {}), value, merge_keys)
        else:
            result[name] = value
    kept = patch.get("$retainKeys")
    return result if kept is None else {name: value for name, value in result.items() if name in kept}


def _merged_list(old, patch, order, key, merge_keys):
    elements = {each[key]: each for each in old}
    for each in patch:
        if each.get("$patch") == "delete":
            elements.pop(each[key], None)
        else:
            elements[each[key]] = _merged(elements.get(each[key], {}), each, merge_keys)
    places = {each[key]: place for place, each in enumerate(order)}
    return sorted(elements.values(), key=lambda each: places.get(each[key], -1))


# What clients ask before they send anything.

def _discovery(path):
    if path == "/version":
        return {"major": "1", "minor": "34", "gitVersion": "v1.34.0"}
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
            {"name": group, "versions": [_version(group)], "preferredVersion": _version(group)} for group in _GROUPS]}
    if path == "/openapi/v3":
        return {"paths": {base.lstrip("/"): {"serverRelativeURL": f"/openapi/v3{base}"} for base in _bases()}}
    if path.startswith("/openapi/v3/"):
        return _openapi(path[len("/openapi/v3"):])
    if path in _bases():
        of_group = [(resource, *_RESOURCES[each]) for each in _RESOURCES for resource in each[2:] if _base(*each[:2]) == path]
        return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": path.split("/", 2)[2], "resources": [
            {"name": resource, "singularName": kind.lower(), "namespaced": in_namespace, "kind": kind, "verbs": _VERBS}
            for resource, kind, in_namespace in of_group]}
    return None


def _version(group):
    return {"groupVersion": f"{group}/{_GROUPS[group]}", "version": _GROUPS[group]}


def _base(group, version):
    return f"/apis/{group}/{version}" if group else f"/api/{version}"


def _bases():
    return {_base(group, version) for group, version, _ in _RESOURCES}


def _openapi(base):
    """It says that the server checks fields itself, so that clients do not ask for the types. tests/npm has the types."""
    paths = {}
    for (group, version, resource), (kind, in_namespace) in _RESOURCES.items():
        if _base(group, version) == base:
            where = "/namespaces/{namespace}" if in_namespace else ""
            paths[f"{base}{where}/{resource}/{{name}}"] = {"patch": {
                "parameters": [{"name": name, "in": "query", "schema": {"type": "string"}}
                               for name in ("fieldValidation", "dryRun")],
                "responses": {},
                "x-kubernetes-action": "patch",
                "x-kubernetes-group-version-kind": {"group": group, "version": version, "kind": kind}}}
    return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.34.0"}, "paths": paths}
