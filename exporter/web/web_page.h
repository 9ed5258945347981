// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_WEB_PAGE_H_
#define TCPGAUGE_EXPORTER_WEB_WEB_PAGE_H_

#include <string_view>

namespace tcpgauge {

// exporter/web/index.html: one file that asks nothing of any other host.
extern const std::string_view kWebPage;

// The Content-Security-Policy to serve it with: by their hashes, its own style and script alone may run, and it may ask
// only the agent that it came from.
extern const std::string_view kWebPagePolicy;

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_WEB_PAGE_H_
