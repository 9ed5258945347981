// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_WEB_PAGE_H_
#define TCPGAUGE_EXPORTER_WEB_WEB_PAGE_H_

#include <string_view>

namespace tcpgauge {

// The text of exporter/web/index.html: one file that loads nothing from another host.
extern const std::string_view kWebPage;

// The Content-Security-Policy header of the page. It allows, by their hashes, only the page's own style and script, and
// requests only to the agent that served the page.
extern const std::string_view kWebPagePolicy;

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_WEB_PAGE_H_
