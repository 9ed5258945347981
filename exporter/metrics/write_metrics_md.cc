// SPDX-License-Identifier: Apache-2.0
// Writes METRICS.md into the root of the workspace, or, with an argument, into the file of that name. Run it with
// `bazel run //exporter/metrics:write_metrics_md`.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "exporter/metrics/metrics_markdown.h"

int main(int argc, char** argv) {
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (argc > 2 || (argc < 2 && workspace == nullptr)) {
    std::fprintf(stderr, "usage: bazel run //exporter/metrics:write_metrics_md, or %s FILE\n", argv[0]);
    return 2;
  }
  const std::string path = argc == 2 ? argv[1] : std::string(workspace) + "/METRICS.md";
  std::ofstream file(path);
  file << tcpgauge::MetricsMarkdown();
  file.close();
  if (!file) {
    std::fprintf(stderr, "cannot write %s\n", path.c_str());
    return 1;
  }
  return 0;
}
