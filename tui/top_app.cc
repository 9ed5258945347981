#include "tui/top_app.h"

#include <poll.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "tui/paused_snapshot.h"
#include "tui/rows.h"

namespace tcpgauge {
namespace {

// How often to look for a new snapshot: as often as the collector makes them at its fastest.
constexpr int kRefreshMilliseconds = 100;

// Whether the terminal behind `keyboard` hung up: it stays readable then, with nothing to read.
bool IsGone(const pollfd& keyboard) {
  if ((keyboard.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) return true;
  int waiting = 0;
  return (keyboard.revents & POLLIN) != 0 && ioctl(keyboard.fd, FIONREAD, &waiting) == 0 && waiting == 0;
}

}  // namespace

void TopApp::Run(int stop_fd) {
  while (Step()) {
    pollfd fds[] = {{stop_fd, POLLIN, 0}, {screen_->keyboard_fd(), POLLIN, 0}, {screen_->signal_fd(), POLLIN, 0}};
    if (poll(fds, 3, kRefreshMilliseconds) < 0 && errno != EINTR) return;
    if (fds[0].revents != 0 || IsGone(fds[1])) return;
  }
}

bool TopApp::Step() {
  bool changed = false;
  while (const std::optional<KeyEvent> event = screen_->ReadKey()) {
    Obey(*event);
    if (view_.quit) return false;
    changed = true;
  }
  const std::shared_ptr<const Snapshot> current = hub_->Current();
  if (newest_ == nullptr || current->sequence != newest_->sequence) {
    newest_ = current;
    TakeSnapshot();
    changed = true;
  }
  if (changed) Draw();
  return true;
}

void TopApp::TakeSnapshot() {
  previous_time_ns_ = shown_ == nullptr ? newest_->time_ns : shown_->time_ns;
  shown_ = view_.paused && shown_ != nullptr ? PausedSnapshot(*shown_, *newest_) : newest_;
  total_bytes_per_second_ = 0;
  for (const ConnectionView& connection : shown_->connections) {
    total_bytes_per_second_ += connection.payload_bytes_per_second();
  }
  order_.Rebuild(*shown_, view_.sort);
  ClampOffset(&view_, order_.size());
}

void TopApp::Obey(const KeyEvent& event) {
  const ViewState before = view_;
  view_ = ApplyKey(view_, event, {order_.size(), ListPage(screen_->rows())});
  if (shown_ == nullptr) return;
  if (before.paused && !view_.paused) TakeSnapshot();
  if (before.sort != view_.sort) order_.Rebuild(*shown_, view_.sort);
}

void TopApp::Draw() {
  if (laid_out_columns_ != screen_->columns()) {
    laid_out_columns_ = screen_->columns();
    widths_ = EndpointWidths();
  }
  ListInput input;
  input.snapshot = shown_.get();
  input.order = &order_;
  input.view = view_;
  input.previous_time_ns = previous_time_ns_;
  input.total_bytes_per_second = total_bytes_per_second_;
  input.rows = screen_->rows();
  input.columns = screen_->columns();
  input.utf8 = screen_->utf8();
  screen_->Draw(BuildListFrame(input, &widths_));
}

}  // namespace tcpgauge
