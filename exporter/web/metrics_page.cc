// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/metrics_page.h"

#include <utility>

#include "exporter/http/compression.h"
#include "exporter/metrics/protobuf_writer.h"
#include "exporter/metrics/text_writer.h"
#include "src/base/gzip.h"

namespace tcpgauge {
namespace {

TextFormat TextFormatOf(MetricsFormat format) {
  return format == MetricsFormat::kOpenMetrics ? TextFormat::kOpenMetrics : TextFormat::kPrometheus;
}

std::string Write(const Exposition& exposition, MetricsFormat format) {
  return format == MetricsFormat::kProtobuf ? WriteProtobuf(exposition) : WriteText(exposition, TextFormatOf(format));
}

std::string_view ContentTypeOf(MetricsFormat format) {
  return format == MetricsFormat::kProtobuf ? kProtobufContentType : ContentTypeOf(TextFormatOf(format));
}

}  // namespace

template <typename Make>
MetricsPage::Body MetricsPage::Get(Text* text, MetricsFormat format, const Snapshot& snapshot, Make make) const {
  const MutexLock lock(&text->mutex);
  const bool is_usable = text->body != nullptr && text->format == format && text->sequence == snapshot.sequence &&
                         clock_.SteadyNanoseconds() - text->made_ns < kLongestUseNs;
  if (is_usable) return text->body;
  text->body = make();
  text->format = format;
  text->sequence = snapshot.sequence;
  text->made_ns = clock_.SteadyNanoseconds();
  return text->body;
}

MetricsPage::Body MetricsPage::Plain(MetricsFormat format, const std::shared_ptr<const Snapshot>& snapshot) {
  return Get(PlaceOf(format, plain_), format, *snapshot, [&] {
    const int64_t start_ns = clock_.SteadyNanoseconds();
    std::string text = Write(output_.Expose(snapshot), format);
    // Copying a text of 15 MB takes 2 ms, and the kernel provides no memory for pages that were never written. So a
    // text that nearly fills its room stays there.
    if (text.size() < text.capacity() / 3 * 2) text.shrink_to_fit();
    output_.SetDuration(clock_.SteadyNanoseconds() - start_ns);
    return std::make_shared<const std::string>(std::move(text));
  });
}

HttpResponse MetricsPage::Answer(const HttpRequest& request, const std::shared_ptr<const Snapshot>& snapshot) {
  const MetricsFormat format = NegotiateFormat(request.Header("Accept").value_or(""));
  HttpResponse response;
  response.content_type = std::string(ContentTypeOf(format));
  response.headers = {{"Vary", "Accept"}, {"Vary", "Accept-Encoding"}};
  if (!AcceptsGzip(request.Header("Accept-Encoding").value_or(""))) {
    response.shared_body = Plain(format, snapshot);
    return response;
  }
  response.shared_body = Get(PlaceOf(format, compressed_), format, *snapshot,
                             [&] { return std::make_shared<const std::string>(Gzip(*Plain(format, snapshot))); });
  if (response.shared_body->empty()) {  // no memory for the compression
    response.shared_body = Plain(format, snapshot);
  } else {
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  return response;
}

}  // namespace tcpgauge
