// SPDX-License-Identifier: Apache-2.0
// Shows scripted traffic in the top view on a real terminal: `bazel run //tests/tui:demo -- [CONNECTIONS]`. It lets one
// look at the view, or measure what a refresh costs at 100,000 connections, without capturing.

#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>

#include <cstdio>
#include <thread>

#include "absl/synchronization/notification.h"
#include "tests/tui/scripted_traffic.h"
#include "tui/top_view.h"

int main(int argc, char** argv) {
  const size_t connections = argc > 1 ? strtoul(argv[1], nullptr, 10) : 40;
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&stop_signals, signal);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  const int stop_fd = signalfd(-1, &stop_signals, SFD_CLOEXEC);

  tcpgauge::SnapshotHub hub;
  absl::Notification stop;
  std::thread collector([&hub, &stop, connections] {
    for (int64_t second = 0; !stop.WaitForNotificationWithTimeout(absl::Seconds(second == 0 ? 0 : 1)); ++second) {
      hub.Publish(tcpgauge::ScriptedTraffic(connections, second));
    }
  });
  const absl::Status status = tcpgauge::RunTopView(hub, stop_fd, {});
  stop.Notify();
  collector.join();
  if (!status.ok()) std::fprintf(stderr, "demo: %s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}
