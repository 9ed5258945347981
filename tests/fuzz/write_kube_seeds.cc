// SPDX-License-Identifier: Apache-2.0
// Writes the seeds of the client of the Kubernetes API as files into a folder, for libFuzzer.
#include "tests/fuzz/kube_seeds.h"
#include "tests/fuzz/write_seeds.h"

int main(int argc, char** argv) { return tcpgauge::WriteSeeds(argc, argv, tcpgauge::KubeSeeds()); }
