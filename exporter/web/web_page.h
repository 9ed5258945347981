// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_WEB_PAGE_H_
#define TCPGAUGE_EXPORTER_WEB_WEB_PAGE_H_

#include <string_view>

namespace tcpgauge {

// The page at "/": exporter/web/page/index.html with its style, its scripts and d3 inside. The page loads nothing from
// another host. embed_page.py writes the two constants of this header.
extern const std::string_view kWebPage;

// The value of the page's Content-Security-Policy header. The policy allows only the style and the scripts that are in
// the page, and names them by their hashes. It allows requests only to the agent that served the page.
extern const std::string_view kWebPagePolicy;

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_WEB_PAGE_H_
