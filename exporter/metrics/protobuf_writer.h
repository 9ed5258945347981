// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_PROTOBUF_WRITER_H_
#define TCPGAUGE_EXPORTER_METRICS_PROTOBUF_WRITER_H_

#include <string>
#include <string_view>

#include "exporter/metrics/exposition.h"

namespace tcpgauge {

// The Content-Type header of Prometheus's protobuf format.
constexpr std::string_view kProtobufContentType =
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

// Returns `exposition` in Prometheus's protobuf format: messages io.prometheus.client.MetricFamily of
// prometheus/client_model, each after its length as a varint. Only this format of Prometheus has native histograms. All
// other families have the names, labels and values of the Prometheus text format.
//
// A native histogram with positive values has one span of buckets, which includes the empty buckets between the first
// and the last. Prometheus numbers its buckets one higher than ExponentialBuckets does. A histogram without values is
// recognised as a native one by its zero threshold.
//
// Design. Like WriteText(), this function renders the labels of a connection or an edge once for all its series.
// Messages of the protobuf library would take an object and several strings for each sample.
std::string WriteProtobuf(const Exposition& exposition);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_PROTOBUF_WRITER_H_
