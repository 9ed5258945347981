// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/request_head_seeds.h"

#include <string>
#include <string_view>

namespace tcpgauge {
namespace {

constexpr std::string_view kSeeds[] = {
    "GET /metrics HTTP/1.1\r\nHost: localhost:10406\r\nAccept: text/plain;version=0.0.4\r\nAccept-Encoding: "
    "gzip\r\n\r\n",
    "HEAD /api/v1/connections?limit=10&filter=port%3A443+!dst HTTP/1.1\r\nhost: [::1]\r\nConnection: close\r\n\r\n",
    "\r\nGET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n",
    "POST http://user.example:80/a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 5\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\ncontent-length: 6\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\nContent-Length: +5\r\n 0\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n",
    "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nProxy-Connection: keep-alive\r\nUpgrade: h2c\r\n\r\n",
    "GET / HTTP/1.1\nHost: x\n\n",
    "GET  / HTTP/2.0\r\nHost: a\r\nHost: b\r\n: empty\r\nX-Text: \t caf\xc3\xa9 \t\r\n\r\n",
};

}  // namespace

std::vector<std::vector<uint8_t>> RequestHeadSeeds() {
  std::vector<std::vector<uint8_t>> seeds;
  for (const std::string_view seed : kSeeds) {
    std::string input = "\x05";
    input += seed;
    seeds.emplace_back(input.begin(), input.end());
  }
  return seeds;
}

}  // namespace tcpgauge
