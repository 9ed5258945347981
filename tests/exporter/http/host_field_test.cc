// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/host_field.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

TEST(HostField, MayBeANameAnAddressAndAPort) {
  for (const std::string value : {"", "localhost", "agent.example:10406", "agent.example.", "192.0.2.1", "192.0.2.1:80",
                                  "[::1]", "[2001:db8::1]:443", "[::ffff:192.0.2.1]:1", "[fe80::1%25eth0]:80",
                                  "a_b.example", "xn--bcher-kva.example", "caf%C3%A9", "host:", "host:65535"}) {
    EXPECT_TRUE(IsHostField(value)) << value;
  }
}

TEST(HostField, MayNotBeAnythingElse) {
  for (const std::string value : {"a b",
                                  "a, b",
                                  "a/b",
                                  "http://a",
                                  "user@a",
                                  "a:b",
                                  "a:80:80",
                                  "a:-1",
                                  "a:+1",
                                  "a:65536",
                                  "a:99999999999999999999",
                                  "::1",
                                  "[::1",
                                  "::1]",
                                  "[::1]80",
                                  "[::1]:x",
                                  "[192.0.2.1]",
                                  "[]",
                                  "[fe80::1%25]",
                                  "[fe80::1%eth0]",
                                  "a%zz",
                                  "a%4",
                                  "a\"b",
                                  "a\tb",
                                  "caf\xc3\xa9",
                                  "a?b",
                                  "a#b",
                                  "<a>",
                                  "a\\b"}) {
    EXPECT_FALSE(IsHostField(value)) << value;
  }
  EXPECT_FALSE(IsHostField(std::string_view("a\0b", 3)));
  EXPECT_FALSE(IsHostField(std::string_view("[::1\0]", 6)));
}

}  // namespace
}  // namespace tcpgauge
