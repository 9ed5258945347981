// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_TUI_TEXT_SCREEN_H_
#define TCPGAUGE_TESTS_TUI_TEXT_SCREEN_H_

#include <deque>
#include <string>

#include "tui/screen.h"

namespace tcpgauge {

// A screen in memory. The test presses keys, and reads the text of the frame that was drawn last. Until a frame is
// drawn, the text is empty.
//
// Thread: confined to the thread that runs the view.
class TextScreen final : public Screen {
 public:
  TextScreen(int rows, int columns, bool utf8 = true) : rows_(rows), columns_(columns), utf8_(utf8) {}

  int rows() const override { return rows_; }
  int columns() const override { return columns_; }
  bool utf8() const override { return utf8_; }
  void Draw(const Frame& frame) override {
    frame_ = frame;
    ++draws_;
  }
  std::optional<KeyEvent> ReadKey() override {
    if (keys_.empty()) return std::nullopt;
    const KeyEvent event = keys_.front();
    keys_.pop_front();
    return event;
  }
  void SetMouse(bool on) override { has_mouse_ = on; }
  bool has_mouse() const { return has_mouse_; }
  int keyboard_fd() const override { return keyboard_fd_; }
  int signal_fd() const override { return -1; }

  // Changes the size, and queues Key::kOther, which wakes the view as a real terminal does.
  void Resize(int rows, int columns) {
    rows_ = rows;
    columns_ = columns;
    Press(Key::kOther);
  }
  // Queue keys for ReadKey(): each character of `text` (ASCII), or one other key.
  void Type(std::string_view text) {
    for (const char c : text) keys_.push_back({Key::kCharacter, c});
  }
  void Press(Key key) { keys_.push_back({key, 0}); }
  void Click(int row, int column) { keys_.push_back({Key::kClick, 0, row, column}); }
  // By default there is no descriptor, and keyboard_fd() is -1. `fd` is borrowed.
  void set_keyboard_fd(int fd) { keyboard_fd_ = fd; }

  // How often a frame was drawn, and the last frame.
  int draws() const { return draws_; }
  const Frame& frame() const { return frame_; }

  // Returns line `row` of the frame, without trailing blanks. REQUIRES: the frame has this line.
  std::string LineText(size_t row) const {
    std::string text;
    for (const Span& span : frame_.at(row).spans()) text += span.text;
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

  // Returns all lines of the frame, each with a newline at its end.
  std::string Text() const {
    std::string text;
    for (size_t row = 0; row < frame_.size(); ++row) text += LineText(row) + "\n";
    return text;
  }

  // Like Text(), with a tag such as "<open>" where a style begins. "<>" is the tag of plain text. Every line starts in
  // the plain style. A marked line has the tag "<marked>" before all other tags, and one with a bar of 12 columns "<bar
  // 12>".
  std::string StyledText() const {
    static constexpr const char* kNames[] = {"",        "bar",  "key",    "title",  "faint", "accent",
                                             "opening", "open", "ending", "failed", "large", "main"};
    std::string text;
    for (const Line& line : frame_) {
      Style style = Style::kPlain;
      if (line.marked()) text += "<marked>";
      if (line.bar_columns() > 0) text += "<bar " + std::to_string(line.bar_columns()) + ">";
      for (const Span& span : line.spans()) {
        if (span.style != style) text += std::string("<") + kNames[static_cast<size_t>(span.style)] + ">";
        style = span.style;
        text += span.text;
      }
      text.erase(text.find_last_not_of(' ') + 1);
      text += "\n";
    }
    return text;
  }

 private:
  int rows_;
  int columns_;
  const bool utf8_;
  int keyboard_fd_ = -1;
  bool has_mouse_ = false;
  int draws_ = 0;
  Frame frame_;
  std::deque<KeyEvent> keys_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_TUI_TEXT_SCREEN_H_
