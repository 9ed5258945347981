// SPDX-License-Identifier: Apache-2.0
// Reads the body of a push from standard input and prints what OpenTelemetry's own code makes of it, as JSON: numbers of
// 64 bits as decimal strings, enums as numbers. Of a body that is JSON, fails when something in it is lost on that code.
//
// usage: node decode.js protobuf|json
"use strict";

const root = require("@opentelemetry/otlp-transformer/build/src/generated/root");
const Request = root.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
const plain = (request) => JSON.parse(JSON.stringify(Request.toObject(request, { longs: String, json: true })));

function checkIsIn(sent, read, path) {
  if (typeof sent !== "object") {
    if (sent !== read) throw new Error(`${path}: ${JSON.stringify(sent)} was read as ${JSON.stringify(read)}`);
    return;
  }
  for (const key of Object.keys(sent)) {
    if (read === undefined || !(key in read)) throw new Error(`${path}.${key}: not known`);
    checkIsIn(sent[key], read[key], `${path}.${key}`);
  }
}

const body = require("fs").readFileSync(0);
let read;
if (process.argv[2] === "json") {
  const sent = JSON.parse(body.toString());
  read = plain(Request.fromObject(sent));
  checkIsIn(sent, read, "request");
} else {
  read = plain(Request.decode(body));
}
process.stdout.write(JSON.stringify(read));
