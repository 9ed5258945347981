// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/byte_stream.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <optional>
#include <utility>

namespace tcpgauge {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;

std::array<asio::const_buffer, 2> Buffers(std::string_view first, std::string_view second) {
  return {asio::const_buffer(first.data(), first.size()), asio::const_buffer(second.data(), second.size())};
}

// The callback of a read: the end of the stream is no error.
auto ReadCallback(ByteStream::Done done) {
  return [done = std::move(done)](const error_code& error, size_t bytes) {
    const bool is_end = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
    done(!error || is_end, is_end ? 0 : bytes);
  };
}

auto WriteCallback(ByteStream::Done done) {
  return [done = std::move(done)](const error_code& error, size_t bytes) { done(!error, bytes); };
}

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}

  void Handshake(Done done) override {
    asio::post(socket_.get_executor(), [done = std::move(done)] { done(true, 0); });
  }
  void Read(char* data, size_t size, Done done) override {
    socket_.async_read_some(asio::buffer(data, size), ReadCallback(std::move(done)));
  }
  void Write(std::string_view first, std::string_view second, Done done) override {
    socket_.async_write_some(Buffers(first, second), WriteCallback(std::move(done)));
  }
  void EndWriting(Done done) override {
    error_code error;
    socket_.shutdown(Socket::shutdown_send, error);
    asio::post(socket_.get_executor(), [done = std::move(done), error] { done(!error, 0); });
  }
  absl::Status CheckClient() override { return absl::OkStatus(); }
  bool IsAbandoned() override {
    pollfd polled = {socket_.native_handle(), POLLRDHUP, 0};
    return poll(&polled, 1, 0) > 0;
  }
  size_t UntakenBytes() override {
    int bytes = 0;
    return ioctl(socket_.native_handle(), SIOCOUTQ, &bytes) == 0 ? static_cast<size_t>(bytes) : 0;
  }
  void Close(bool drops_rest) override {
    error_code ignored;
    if (drops_rest) socket_.set_option(Socket::linger(true, 0), ignored);
    socket_.close(ignored);
  }
  Socket& socket() { return socket_; }

 private:
  Socket socket_;
};

class TlsStream final : public ByteStream {
 public:
  TlsStream(Socket socket, TlsGetter get_tls) : get_tls_(std::move(get_tls)), plain_(std::move(socket)) {}

  void Handshake(Done done) override {
    get_tls_([this, done = std::move(done)](std::shared_ptr<const TlsContext> tls) mutable {
      tls_ = std::move(tls);
      // Asio's context owns its SSL_CTX, so it gets a reference of its own.
      SSL_CTX_up_ref(tls_->context());
      context_.emplace(tls_->context());
      stream_.emplace(plain_.socket(), *context_);
      stream_->async_handshake(asio::ssl::stream_base::server,
                               [done = std::move(done)](const error_code& error) { done(!error, 0); });
    });
  }
  void Read(char* data, size_t size, Done done) override {
    if (has_ended_) return plain_.Read(data, size, std::move(done));
    stream_->async_read_some(asio::buffer(data, size), ReadCallback(std::move(done)));
  }
  void Write(std::string_view first, std::string_view second, Done done) override {
    stream_->async_write_some(Buffers(first, second), WriteCallback(std::move(done)));
  }
  // Waits for the client's answer to the end of TLS. What the client sends afterwards is not TLS, and is read as it is.
  void EndWriting(Done done) override {
    stream_->async_shutdown([this, done = std::move(done)](const error_code&) mutable {
      has_ended_ = true;
      plain_.EndWriting(std::move(done));
    });
  }
  absl::Status CheckClient() override { return tls_->CheckClient(stream_->native_handle()); }
  bool IsAbandoned() override { return plain_.IsAbandoned(); }
  size_t UntakenBytes() override { return plain_.UntakenBytes(); }
  void Close(bool drops_rest) override { plain_.Close(drops_rest); }

 private:
  const TlsGetter get_tls_;
  PlainStream plain_;
  // Set by Handshake(), when the context is there.
  std::shared_ptr<const TlsContext> tls_;
  std::optional<asio::ssl::context> context_;
  std::optional<asio::ssl::stream<Socket&>> stream_;
  bool has_ended_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> ByteStream::Open(asio::io_context* io, int fd, int family, TlsGetter get_tls) {
  Socket socket(*io, asio::generic::stream_protocol(family, 0), fd);
  if (get_tls == nullptr) return std::make_unique<PlainStream>(std::move(socket));
  return std::make_unique<TlsStream>(std::move(socket), std::move(get_tls));
}

}  // namespace tcpgauge
