// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_OBSERVER_H_
#define TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_OBSERVER_H_

namespace tcpgauge {

// Receives the result of each reading of the web configuration.
//
// Thread: WebSecurity's threads call OnRead(), one at a time.
class WebConfigObserver {
 public:
  virtual ~WebConfigObserver() = default;

  // `is_in_force` tells whether what was read is in force now. Otherwise it was wrong or would have weakened the
  // protection, and the previous configuration stays in force. Must not wait and must not throw.
  virtual void OnRead(bool is_in_force) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_OBSERVER_H_
