# SPDX-License-Identifier: Apache-2.0
"""Reads the metrics that an agent sends as protobuf.

No part of the decoder is the agent's: the messages are those of Prometheus's own metrics.proto (Debian's
golang-github-prometheus-client-model-dev), and Google's library for Python decodes them.
"""
import bisect
import functools
import itertools
import math
import os
import subprocess
import tempfile
import unittest

ACCEPT = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
_PROTOS = "/usr/share/gocode/src/github.com/prometheus/client_model"
_FILE = "io/prometheus/client/metrics.proto"


class NativeHistogram:
    """One native histogram. `buckets` are {number: count}: number i counts the values above 2^((i - 1) / 2^schema) and up
    to 2^(i / 2^schema)."""

    def __init__(self, message):
        self.schema, self.count, self.sum = message.schema, message.sample_count, message.sample_sum
        self.zero_count = message.zero_count
        self.buckets = {}
        number, count, deltas = 0, 0, iter(message.positive_delta)
        for span in message.positive_span:
            number += span.offset
            for delta in itertools.islice(deltas, span.length):
                count += delta
                self.buckets[number] = count
                number += 1
        if list(deltas) or message.negative_span or message.bucket:
            raise AssertionError(f"more than the spans tell: {message}")
        if self.zero_count + sum(self.buckets.values()) != self.count or min(self.buckets.values(), default=0) < 0:
            raise AssertionError(f"the buckets do not add up: {message}")

    def bucket_of(self, value):
        """The number of the bucket that counts `value`."""
        return math.ceil(math.log2(value) * 2 ** self.schema)

    def upper_bound(self, number):
        return 2 ** (number / 2 ** self.schema)

    def below(self, value):
        """How many values are in buckets that end at or below `value`."""
        return self.zero_count + sum(count for number, count in self.buckets.items() if self.upper_bound(number) <= value)

    def quantile(self, share, at_least):
        """That quantile of the values in buckets that end above `at_least`, as Prometheus estimates it."""
        numbers = sorted(number for number in self.buckets if self.upper_bound(number) > at_least)
        sums = list(itertools.accumulate(self.buckets[number] for number in numbers))
        rank = share * sums[-1]
        at = bisect.bisect_left(sums, rank)
        lower, upper = self.upper_bound(numbers[at] - 1), self.upper_bound(numbers[at])
        return upper - (upper - lower) * (sums[at] - rank) / self.buckets[numbers[at]]


class ProtobufExposition:
    """One scrape: `native` is {(name, labels): NativeHistogram}, `samples` what the text formats can tell of all others,
    (name, labels) → value, as in Exposition but with bounds as numbers."""

    def __init__(self, body):
        self.native, self.samples, self.names = {}, {}, []
        for message in _delimited(body):
            family = _family_class().FromString(message)
            if family.name in self.names:
                raise AssertionError(f"a family appears twice: {family.name}")
            self.names.append(family.name)
            for metric in family.metric:
                self._add(family, metric)

    def find(self, name, **labels):
        """{labels: NativeHistogram} of that name that carry these labels."""
        wanted = set(labels.items())
        return {key: value for (found, key), value in self.native.items() if found == name and wanted <= key}

    def _add(self, family, metric):
        labels = [(pair.name, pair.value) for pair in metric.label]
        kind = family.DESCRIPTOR.fields_by_name["type"].enum_type.values_by_number[family.type].name.lower()
        value = getattr(metric, kind)
        if kind == "histogram" and not value.bucket:
            self._set(self.native, family.name, labels, NativeHistogram(value))
        elif kind in ("histogram", "summary"):
            self._set(self.samples, family.name + "_sum", labels, value.sample_sum)
            self._set(self.samples, family.name + "_count", labels, value.sample_count)
            for bucket in getattr(value, "bucket", ()):
                self._set(self.samples, family.name + "_bucket", [*labels, ("le", bucket.upper_bound)],
                          bucket.cumulative_count)
            if kind == "histogram" and not math.isinf(value.bucket[-1].upper_bound):
                self._set(self.samples, family.name + "_bucket", [*labels, ("le", math.inf)], value.sample_count)
        else:
            self._set(self.samples, family.name, labels, value.value)

    def _set(self, where, name, labels, value):
        key = (name, frozenset(labels))
        if key in where or len(labels) != len(dict(labels)):
            raise AssertionError(f"appears twice: {key}")
        where[key] = value


def scrape(agent):
    """What the agent answers to a server that takes only protobuf."""
    status, kind, body = agent.get_bytes("/metrics", {"Accept": ACCEPT})
    if status != 200 or kind.replace(" ", "") != ACCEPT:
        raise AssertionError(f"/metrics answered {status}, {kind}")
    return ProtobufExposition(body)


def _delimited(body):
    """The messages of a stream, each of which has its length before it."""
    at = 0
    while at < len(body):
        length = shift = 0
        while True:
            byte = body[at]
            at += 1
            length |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                break
        if at + length > len(body):
            raise AssertionError("the last message is cut off")
        yield body[at:at + length]
        at += length


@functools.lru_cache(None)
def _family_class():
    try:
        from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    except ImportError:
        raise unittest.SkipTest("Debian's python3-protobuf is missing") from None
    if not os.path.exists(os.path.join(_PROTOS, _FILE)):
        raise unittest.SkipTest("Debian's golang-github-prometheus-client-model-dev is missing")
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["protoc", "-I", _PROTOS, "--include_imports", f"--descriptor_set_out={file.name}", _FILE],
                       check=True)
        described = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for each in described.file:
        pool.Add(each)
    return message_factory.MessageFactory(pool).GetPrototype(
        pool.FindMessageTypeByName("io.prometheus.client.MetricFamily"))
