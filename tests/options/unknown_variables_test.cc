// SPDX-License-Identifier: Apache-2.0
#include "src/options/unknown_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "src/options/option_table.h"

namespace tcpgauge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Warnings(const std::vector<std::string>& variables) {
  std::vector<const char*> environment;
  for (const std::string& variable : variables) environment.push_back(variable.c_str());
  environment.push_back(nullptr);
  return UnknownVariables(environment.data());
}

TEST(UnknownVariables, NamesTheNearestVariable) {
  EXPECT_THAT(Warnings({"TCPGAUGE_METRIC_EDGES=10", "PATH=/bin", "TCPGAUGE_INTERFACES=eth0", "TCPGAUGE_LOGLEVEL="}),
              ElementsAre("TCPGAUGE_METRIC_EDGES is not an option; did you mean TCPGAUGE_METRICS_EDGES?",
                          "TCPGAUGE_INTERFACES is not an option; did you mean TCPGAUGE_INTERFACE?",
                          "TCPGAUGE_LOGLEVEL is not an option; did you mean TCPGAUGE_LOG_LEVEL?"));
}

TEST(UnknownVariables, WarnsEvenIfNoOptionIsNear) {
  for (const std::string name : {"TCPGAUGE_FROBNICATE_IT", "TCPGAUGE_VERSION", "TCPGAUGE_HELP", "TCPGAUGE_"}) {
    EXPECT_THAT(Warnings({name + "=1"}), ElementsAre(name + " is not an option; --help lists all options"));
  }
}

TEST(UnknownVariables, TheVariableOfAnOptionIsKnown) {
  for (const OptionSpec& spec : OptionTable()) {
    if (spec.kind == OptionSpec::Kind::kQuestion) continue;
    EXPECT_THAT(Warnings({EnvironmentName(spec) + "=x=y"}), IsEmpty()) << spec.long_name;
    EXPECT_THAT(Warnings({EnvironmentName(spec)}), IsEmpty()) << spec.long_name;
  }
}

TEST(UnknownVariables, OtherProgramsHaveVariablesOfTheirOwn) {
  EXPECT_THAT(Warnings({"TCPGAUGE=1", "TCPGAUGES_X=1", "OTEL_METRIC_EXPORT_INTERVALL=1", "=TCPGAUGE_X=1", "", "="}),
              IsEmpty());
}

TEST(UnknownVariables, WhatKubernetesSetsForAServiceIsExpected) {
  EXPECT_THAT(
      Warnings({"TCPGAUGE_SERVICE_HOST=10.96.0.7", "TCPGAUGE_SERVICE_PORT=10406", "TCPGAUGE_SERVICE_PORT_METRICS=10406",
                "TCPGAUGE_PORT=tcp://10.96.0.7:10406", "TCPGAUGE_PORT_10406_TCP=tcp://10.96.0.7:10406",
                "TCPGAUGE_PORT_10406_TCP_PROTO=tcp", "TCPGAUGE_PORT_10406_TCP_PORT=10406",
                "TCPGAUGE_PORT_10406_TCP_ADDR=10.96.0.7", "TCPGAUGE_PORTS=1", "TCPGAUGE_SERVICE_X=1"}),
      IsEmpty());
}

TEST(UnknownVariables, ServicesMayHaveLongerNames) {
  for (const std::string service : {"WEB", "WEB_LISTEN", "2", "METRICS_EU_1", "SERVICE", "PORT"}) {
    const std::string prefix = "TCPGAUGE_" + service;
    for (const char* rest : {"_SERVICE_HOST=10.96.0.7", "_SERVICE_PORT=80", "_SERVICE_PORT_HTTP_2=80",
                             "_PORT=tcp://10.96.0.7:80", "_PORT=udp://[fd00::7]:80", "_PORT_80_TCP=tcp://10.96.0.7:80",
                             "_PORT_80_TCP_PROTO=tcp", "_PORT_53_UDP_PORT=53", "_PORT_9_SCTP_ADDR=10.96.0.7"}) {
      EXPECT_THAT(Warnings({prefix + rest}), IsEmpty()) << prefix << rest;
    }
  }
}

TEST(UnknownVariables, WhatOnlyLooksLikeAServiceIsWarnedOf) {
  for (const char* variable :
       {"TCPGAUGE_WEB_PORT=9090", "TCPGAUGE_WEB_LISTEN_PORT=9090", "TCPGAUGE_WEB_PORT_80=1",
        "TCPGAUGE_WEB_PORT_X_TCP=1", "TCPGAUGE_WEB_PORT_80_TCP_NAME=1", "TCPGAUGE_WEB_PORT_80_TCP_ADDR_1=1",
        "TCPGAUGE_WEB_PORT_80_ICMP=1", "TCPGAUGE_WEB_SERVICE=1", "TCPGAUGE_WEB_SERVICE_HOSTS=1",
        "TCPGAUGE_WEB_SERVICE_HOST_1=1", "TCPGAUGE_WEB_SERVICES_PORT=1"}) {
    EXPECT_EQ(Warnings({variable}).size(), 1u) << variable;
  }
}

TEST(UnknownVariables, AHostileNameIsCut) {
  const std::vector<std::string> warnings =
      Warnings({"TCPGAUGE_\x1b[31m\n=1", "TCPGAUGE_" + std::string(100000, 'X') + "=1"});
  EXPECT_THAT(warnings,
              ElementsAre("TCPGAUGE_\x1b[31m\n is not an option; --help lists all options",
                          "TCPGAUGE_" + std::string(91, 'X') + "... is not an option; --help lists all options"));
}

TEST(UnknownVariables, ThereMayBeNoEnvironment) {
  EXPECT_THAT(UnknownVariables(nullptr), IsEmpty());
  EXPECT_THAT(Warnings({}), IsEmpty());
}

}  // namespace
}  // namespace tcpgauge
