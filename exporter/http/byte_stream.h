// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_BYTE_STREAM_H_
#define TCPGAUGE_EXPORTER_HTTP_BYTE_STREAM_H_

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "exporter/http/tls_context.h"

namespace tcpgauge {

// The server's end of a connection: bytes over TCP or a unix socket, with TLS or without.
//
// Owner: The stream owns its descriptor. A callback may own the object that owns the stream.
// Thread: the one that runs the io_context.
// Errors: an operation that fails gives its callback `ok` = false. The stream can then only be closed.
class ByteStream {
 public:
  // `bytes` is how many bytes were read or written. A read at the client's end of the stream has ok = true and no
  // bytes.
  using Done = std::function<void(bool ok, size_t bytes)>;

  // Gets the TLS context for a connection, and hands it to the function, later and on the thread of the io_context. The
  // function may also be dropped.
  using TlsGetter = std::function<void(std::function<void(std::shared_ptr<const TlsContext>)>)>;

  // Takes the connected, non-blocking socket `fd` of `family` (AF_INET, AF_INET6 or AF_UNIX). Empty `get_tls` = without
  // TLS.
  static std::unique_ptr<ByteStream> Open(boost::asio::io_context* io, int fd, int family, TlsGetter get_tls);
  virtual ~ByteStream() = default;

  // Does the TLS handshake. Without TLS, only calls `done`. Call it once, before all others.
  virtual void Handshake(Done done) = 0;
  // Reads at least one byte, and at most `size`, into `data`. One read is under way at a time.
  virtual void Read(char* data, size_t size, Done done) = 0;
  // Writes at least one byte of `first` followed by `second`, which are not both empty. One write is under way at a
  // time.
  virtual void Write(std::string_view first, std::string_view second, Done done) = 0;
  // Tells the client that nothing follows. `done` is called when it was told.
  virtual void EndWriting(Done done) = 0;
  // Whether the certificate of the client, or its absence, satisfies the configuration. OK without TLS.
  virtual absl::Status CheckClient() = 0;
  // Whether the client has closed its end, or the connection is broken. Does not wait, and reads nothing.
  virtual bool IsAbandoned() = 0;
  // How many of the bytes that were written the client's system has not acknowledged.
  virtual size_t UntakenBytes() = 0;
  // Closes the descriptor. Operations under way end with ok = false, after this call. The kernel goes on delivering
  // what was written, unless `drops_rest` is true. For a client that does not read, it would keep that for minutes.
  virtual void Close(bool drops_rest) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_BYTE_STREAM_H_
