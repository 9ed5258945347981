// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_METRICS_MARKDOWN_H_
#define TCPGAUGE_EXPORTER_METRICS_METRICS_MARKDOWN_H_

#include <string>

namespace tcpgauge {

// Returns the text of METRICS.md: an introduction, and a table with a row for each metric of the catalog.
std::string MetricsMarkdown();

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_METRICS_MARKDOWN_H_
