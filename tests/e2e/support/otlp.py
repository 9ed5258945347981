# SPDX-License-Identifier: Apache-2.0
"""Reads OTLP requests with OpenTelemetry's own decoders, and translates them into the names of /metrics.

The decoders do not share code with the agent, so they also check its encoding.
"""
import ast
import json
import os
import re
import shutil
import struct
import subprocess
import unittest

from support import npm

_HERE = os.path.dirname(os.path.abspath(__file__))
_PROJECT = os.path.join(_HERE, "..", "..", "..")
_REQUEST = "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest"
NO_RECORDED_VALUE = 1


class Decoders:
    """OpenTelemetry's decoder for JavaScript, and protoc with OpenTelemetry's own .proto files, as npm installs them."""

    def __init__(self):
        if not shutil.which("protoc"):
            raise unittest.SkipTest("protoc is missing")
        self._folder = npm.workplace("tests/e2e/otlp", "--legacy-peer-deps")

    def by_javascript(self, body, form="protobuf"):
        """The request as JSON values, with lowerCamelCase names."""
        return json.loads(self._run(["node", "decode.js", form], body))

    def by_protoc(self, body):
        """The same, through `protoc --decode`."""
        protos = os.path.join("node_modules", "@opentelemetry", "otlp-grpc-exporter-base", "build", "protos")
        text = self._run(["protoc", "-I", protos, f"--decode={_REQUEST}",
                          "opentelemetry/proto/collector/metrics/v1/metrics_service.proto"], body)
        return _parse_text_format(iter(text.splitlines()))

    def _run(self, command, body):
        done = subprocess.run(command, input=body, cwd=self._folder, capture_output=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: {done.stderr.decode()[:2000]}")
        return done.stdout.decode()


# Where a metric of each OTLP type in METRICS.md has its points.
_MEMBERS = {"counter": "sum", "UpDownCounter": "sum", "gauge": "gauge", "histogram": "histogram",
            "exponential histogram": "exponentialHistogram"}
_REPEATED = {"resourceMetrics", "attributes", "scopeMetrics", "metrics", "dataPoints", "bucketCounts", "explicitBounds"}
CUMULATIVE = 2
_ENUMS = {"AGGREGATION_TEMPORALITY_DELTA": 1, "AGGREGATION_TEMPORALITY_CUMULATIVE": CUMULATIVE}


# How protoc shows a zero_threshold of 1e-9, which it does not know: the field is younger than the last .proto files that
# OpenTelemetry gave to npm. Its decoder for JavaScript knows the field.
_ZERO_THRESHOLD = f"14: 0x{struct.unpack('<Q', struct.pack('<d', 1e-9))[0]:016x}"


def _parse_text_format(lines):
    """Protobuf's text format, as protoc writes it, up to the end of the message."""
    message = {}
    for line in lines:
        line = line.strip().replace(_ZERO_THRESHOLD, "zero_threshold: 1e-09")
        if line == "}":
            break
        name, is_message, text = re.fullmatch(r"(\w+)(?: (\{)|: (.*))", line).groups()
        if name.isdigit():
            raise AssertionError(f"field {name} is not known to OpenTelemetry")
        name = re.sub("_([a-z])", lambda match: match.group(1).upper(), name)
        value = _parse_text_format(lines) if is_message else _parse_scalar(text)
        if name in _REPEATED:
            message.setdefault(name, []).append(value)
        else:
            message[name] = value
    return message


def _parse_scalar(text):
    if text in _ENUMS:
        return _ENUMS[text]
    if text in ("true", "false"):
        return text == "true"
    return ast.literal_eval(text) if text.startswith('"') else text


class Catalog:
    """METRICS.md: from OTLP's names to Prometheus's."""

    def __init__(self):
        self.by_otlp_name = {}
        with open(os.path.join(_PROJECT, "METRICS.md"), encoding="utf-8") as file:
            for line in file:
                cells = [cell.strip().strip("`") for cell in line.split("|")[1:-1]]
                if len(cells) != 8 or not re.fullmatch(r"\w+", cells[0]) or cells[0] == "metric":
                    continue
                name, _, labels, _, otlp_name, otlp_type, unit, attributes = cells
                self.by_otlp_name[otlp_name] = {
                    "name": name, "type": otlp_type, "unit": unit,
                    "labels": dict(zip(attributes.split(", "), labels.split(", "))) if labels else {}}


class Push:
    """One decoded request. `samples`: as those of an Exposition, (name, labels) → value, without the points that close
    a series; `points`: (name, labels) → point, with them; `resource`: name → value."""

    def __init__(self, request, catalog):
        resource_metrics, = request["resourceMetrics"]
        scope_metrics, = resource_metrics["scopeMetrics"]
        self.scope = scope_metrics["scope"]
        self.resource = {item["key"]: _value_of(item) for item in resource_metrics["resource"]["attributes"]}
        self.samples = {}
        self.points = {}
        self.metrics = {}
        for metric in scope_metrics["metrics"]:
            info = catalog.by_otlp_name[metric["name"]]
            if metric.get("unit", "") != info["unit"]:
                raise AssertionError(f"{metric['name']}: unit {metric.get('unit')}")
            self.metrics[info["name"]] = metric
            member = _MEMBERS[info["type"]]
            if member == "sum" and metric["sum"].get("isMonotonic", False) != (info["type"] == "counter"):
                raise AssertionError(f"{metric['name']}: monotonic or not")
            if info["type"] == "UpDownCounter" and metric["sum"]["aggregationTemporality"] != CUMULATIVE:
                raise AssertionError(f"{metric['name']}: not cumulative")
            for point in metric[member]["dataPoints"]:
                self._add(info, point)

    def _add(self, info, point):
        labels = _labels_of(info, point)
        if (info["name"], labels) in self.points:
            raise AssertionError(f"twice: {info['name']} {labels}")
        self.points[info["name"], labels] = point
        if int(point.get("flags", 0)) == NO_RECORDED_VALUE:
            if "asInt" in point or "asDouble" in point or int(point.get("count", 0)):
                raise AssertionError(f"a value beside the flag: {point}")
            return
        if "histogram" not in info["type"]:
            self.samples[info["name"], labels] = float(point["asInt"] if "asInt" in point else point["asDouble"])
            return
        self.samples[info["name"] + "_count", labels] = int(point.get("count", 0))
        self.samples[info["name"] + "_sum", labels] = float(point["sum"])
        if info["type"] == "histogram":
            for bound, at_most in buckets_of(point):
                self.samples[info["name"] + "_bucket", frozenset({("le", bound)})] = at_most
        else:
            exponential_buckets_of(point)


def buckets_of(point):
    """The buckets of a histogram point: its bounds, each with the number of values up to it."""
    bounds = [float(bound) for bound in point["explicitBounds"]]
    counts = [int(number) for number in point["bucketCounts"]]
    if len(counts) != len(bounds) + 1 or sum(counts) != int(point.get("count", 0)):
        raise AssertionError(f"buckets that do not fit: {point}")
    return [(bound, sum(counts[:index + 1])) for index, bound in enumerate(bounds + [float("inf")])]


def exponential_buckets_of(point):
    """The buckets of an exponential histogram point, without the zeros: (lower bound, upper bound, count)."""
    base = 2 ** (2 ** -int(point.get("scale", 0)))
    positive = point.get("positive", {})
    first, counts = int(positive.get("offset", 0)), [int(number) for number in positive.get("bucketCounts", [])]
    if float(point["zeroThreshold"]) != 1e-9:
        raise AssertionError(f"another threshold of zeros: {point}")
    if "negative" in point or int(point.get("zeroCount", 0)) + sum(counts) != int(point.get("count", 0)):
        raise AssertionError(f"buckets that do not fit: {point}")
    return [(base ** index, base ** (index + 1), count) for index, count in enumerate(counts, first)]


def _value_of(attribute):
    (_, value), = attribute["value"].items()
    return value


# Labels of an edge that are absent while they are unknown. The edge `other` has none of them.
_NAMES = {f"{end}_{what}" for end in ("client", "server") for what in ("namespace", "workload", "pod", "service")}


def _drop_kubernetes_workloads(attributes):
    """The workload of a pod has an attribute more, with the same value."""
    for end in ("client", "server"):
        of_pod = f"{end}.workload" in attributes and f"{end}.k8s.namespace.name" in attributes
        expected = attributes[f"{end}.workload"] if of_pod else None
        if attributes.pop(f"{end}.k8s.workload.name", None) != expected:
            raise AssertionError(f"not the workload that it is: {attributes}")


def _labels_of(info, point):
    attributes = {item["key"]: _value_of(item) for item in point.get("attributes", [])}
    _drop_kubernetes_workloads(attributes)
    if attributes.pop("otel.metric.overflow", False):
        # The edge `other` has no addresses, but it has the reason of what failed.
        return frozenset((label, str(attributes.get(name, "other"))) for name, label in info["labels"].items()
                         if label not in _NAMES)
    if "client.address" in attributes:
        version = "ipv6" if ":" in attributes["client.address"] else "ipv4"
        if (attributes.pop("network.transport"), attributes.pop("network.type")) != ("tcp", version):
            raise AssertionError(f"not the transport that it is: {point}")
    return frozenset((info["labels"][name], str(value)) for name, value in attributes.items())


def as_in_text(value):
    """The number as it is after it was in the text format, which has 16 significant digits of those that are no counts."""
    return value if value == int(value) else float(f"{value:.16g}")


# What changes by itself, by each push and by each scrape.
OF_THE_AGENT = ("process_", "tcpgauge_otlp_", "tcpgauge_http_", "tcpgauge_scrape_duration")


def comparable(exposition):
    """The samples of /metrics that stay the same while nothing is captured, with bounds as numbers."""
    kept = {}
    for (name, labels), value in exposition.samples.items():
        if name.startswith(OF_THE_AGENT):
            continue
        kept[name, frozenset((key, float(text) if key == "le" else text) for key, text in labels)] = value
    return kept
