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

// The server's end of a connection over TCP or a unix socket, with or without TLS. The interface is the same for all of
// them. A function with a `Done` callback begins an operation: it returns at once, and the callback is called later.
//
// Owner: The stream owns its descriptor. The caller keeps the stream, and the buffers of an operation, until the
// callback of the operation was called or destroyed. To this end, the callback may own the object that owns the stream.
// Thread: Only the thread that runs the io_context uses the stream. It also calls the callbacks.
// Errors: An operation that fails calls its callback with `ok` = false. Afterwards the stream can only be closed.
class ByteStream {
 public:
  // `bytes` is how many bytes were read or written. When the client has ended its stream, a read has ok = true and
  // 0 bytes.
  using Done = std::function<void(bool ok, size_t bytes)>;

  // A function that gets the TLS context for a connection. It returns at once. Later it either calls its argument with
  // the context, on the thread of the io_context, or destroys the argument without a call, on any thread.
  using TlsGetter = std::function<void(std::function<void(std::shared_ptr<const TlsContext>)>)>;

  // Takes over the connected, non-blocking socket `fd` of `family` (AF_INET, AF_INET6 or AF_UNIX). If `get_tls` is
  // empty, the stream is without TLS. `io` must outlive the stream. Returns null, and closes `fd`, if the kernel
  // refuses to watch it: the kernel limits how many sockets a user's processes watch (epoll(7), max_user_watches).
  static std::unique_ptr<ByteStream> Open(boost::asio::io_context* io, int fd, int family, TlsGetter get_tls);
  virtual ~ByteStream() = default;

  // Does the TLS handshake. Without TLS, only calls `done`. Call it once. Before it has succeeded, begin no other
  // operation, and do not call CheckClient().
  virtual void Handshake(Done done) = 0;
  // Reads at least one byte, and at most `size` bytes, into `data`. Call it when no other read is under way.
  virtual void Read(char* data, size_t size, Done done) = 0;
  // Writes at least one byte of the text that `first` and `second` form together. REQUIRES: this text is not empty.
  // Call it when no other write is under way.
  virtual void Write(std::string_view first, std::string_view second, Done done) = 0;
  // Tells the client that nothing follows. With TLS, first ends the TLS session and waits until the client has ended it
  // too. Afterwards Read() returns the client's bytes as they arrive, without TLS.
  virtual void EndWriting(Done done) = 0;
  // Returns the result of TlsContext::CheckClient(). Without TLS, returns OK.
  virtual absl::Status CheckClient() = 0;
  enum class ClientEnd {
    kOpen,
    kEnded,   // the client sends no more: it has closed the connection, or has closed its sending side and still reads
    kBroken,  // nothing can be sent to the client
  };
  // Returns the state of the client's end, as far as the kernel knows it. Does not wait, and reads no byte.
  virtual ClientEnd LookAtClient() = 0;
  // Returns how many of the written bytes the client's system has not acknowledged. The overhead of TLS and of a unix
  // socket, and the end of the stream, count too. Returns 0 if the connection was reset, because no acknowledgment can
  // follow.
  virtual size_t UntakenBytes() = 0;
  // Closes the descriptor. The callbacks of operations under way are called after this call has returned, with
  // ok = false unless the operation had succeeded before. If `drops_rest` is true, the kernel drops what was written
  // and not yet delivered, and resets the connection. Otherwise the kernel goes on delivering, for minutes if the
  // client does not read. But if bytes from the client are unread, the kernel resets a TCP connection in either case.
  virtual void Close(bool drops_rest) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_BYTE_STREAM_H_
