// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_TEXT_WRITER_H_
#define TCPGAUGE_EXPORTER_METRICS_TEXT_WRITER_H_

#include <string>
#include <string_view>

#include "exporter/metrics/exposition.h"

namespace tcpgauge {

enum class TextFormat {
  kPrometheus,   // the text format, version 0.0.4: byte for byte what prometheus-cpp's serializer writes
  kOpenMetrics,  // version 1.0.0
};

// The Content-Type that goes with it.
std::string_view ContentTypeOf(TextFormat format);

// `exposition` as text. Far faster than prometheus-cpp's serializer (see tests/bench/text_writer_bench.cc), because the
// labels of a connection are rendered once for all its series and nothing is allocated per sample.
std::string WriteText(const Exposition& exposition, TextFormat format);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_TEXT_WRITER_H_
