// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_OBSERVER_H_
#define TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_OBSERVER_H_

namespace tcpgauge {

// Receives the result of each reading of the web configuration, except a reading that fails at the start.
//
// Thread: Any thread that calls WebSecurity may call OnRead(), but only one at a time.
class WebConfigObserver {
 public:
  virtual ~WebConfigObserver() = default;

  // `is_in_force` says whether the configuration that was read is in force now. Otherwise that configuration is wrong
  // or would weaken the protection, and the previous one stays in force. Must not wait and must not throw.
  virtual void OnRead(bool is_in_force) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_OBSERVER_H_
