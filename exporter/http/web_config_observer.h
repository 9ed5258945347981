// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_OBSERVER_H_
#define TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_OBSERVER_H_

namespace tcpgauge {

// Receives the results of reading the web configuration. WebSecurity::Open() reports once, when it succeeds. Afterwards
// each reading of changed files is reported, unless a file changes again during the reading. Then the next reading is
// reported instead.
//
// Thread: Any thread that calls WebSecurity may call OnRead(), but only one at a time.
class WebConfigObserver {
 public:
  virtual ~WebConfigObserver() = default;

  // `is_in_force` says whether the configuration that was read comes into force, which it does just after this call.
  // Otherwise that configuration is wrong or would weaken the protection, and the previous one stays in force. Must not
  // wait and must not throw.
  virtual void OnRead(bool is_in_force) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_OBSERVER_H_
