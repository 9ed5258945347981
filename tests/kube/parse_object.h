// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_KUBE_PARSE_OBJECT_H_
#define TCPGAUGE_TESTS_KUBE_PARSE_OBJECT_H_

#include <gtest/gtest.h>

#include <string>

#include "src/kube/object_parser.h"
#include "src/kube/object_store.h"
#include "src/kube/read_objects.h"

namespace tcpgauge {

// Passes an object to its parser, as an event of a watch does. `json` may have ' in place of ".
inline void ParseObject(std::string json, ObjectParser* parser) {
  for (char& c : json) c = c == '\'' ? '"' : c;
  const auto event = ReadWatchEvent("{\"type\":\"ADDED\",\"object\":" + json + "}", parser);
  EXPECT_TRUE(event.ok()) << event.status() << " " << json;
}

inline void PutObject(const std::string& json, ObjectStore* store) {
  ParseObject(json, store->parser());
  store->Put();
}

inline void RemoveObject(const std::string& json, ObjectStore* store) {
  ParseObject(json, store->parser());
  store->Remove();
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_KUBE_PARSE_OBJECT_H_
