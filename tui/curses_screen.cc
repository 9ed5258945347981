// SPDX-License-Identifier: Apache-2.0
#include "tui/curses_screen.h"

#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tui/terminal_rescue.h"
#include "tui/terminal_signals.h"

// Macros of term.h that hide names of ours.
#undef columns
#undef lines

namespace tcpgauge {
namespace {

// How long to wait after an Escape for the rest of a key's sequence: long enough for the next packet of an ssh session.
constexpr int kEscapeMilliseconds = 50;

// What a style looks like beside its colour, which the Palette has. In the order of Style.
constexpr attr_t kAttributes[] = {
    A_NORMAL,                 // kPlain
    A_REVERSE,                // kBar
    A_REVERSE | A_UNDERLINE,  // kBarKey
    A_BOLD,                   // kTitle
    A_DIM,                    // kFaint
    A_NORMAL,                 // kAccent
    A_NORMAL,                 // kOpening
    A_NORMAL,                 // kOpen
    A_NORMAL,                 // kEnding
    A_BOLD,                   // kFailed
    A_NORMAL,                 // kLargeShare
    A_BOLD,                   // kMainShare
};
static_assert(std::size(kAttributes) == kStyleCount, "attributes for each");

// The pairs of colours of text in a bar, which has a background of its own. So both colours are given, and hold on any
// theme. Without colours, a bar is reversed as that of iftop.
constexpr short kBarPair = kStyleCount + 1;
constexpr short kBarTroublePair = kBarPair + 1;

short PairOf(size_t style) { return static_cast<short>(style + 1); }

attr_t AttributesOf(Style style, const Palette& palette) {
  const auto index = static_cast<size_t>(style);
  const bool has_colour = palette.on && palette.text[index] != Colour::kDefault;
  return kAttributes[index] | (has_colour ? static_cast<attr_t>(COLOR_PAIR(PairOf(index))) : A_NORMAL);
}

attr_t AttributesInBar(Style style, const Palette& palette) {
  const attr_t attributes = kAttributes[static_cast<size_t>(style)] & ~A_DIM;
  if (!palette.on) return attributes ^ A_REVERSE;
  return attributes | static_cast<attr_t>(COLOR_PAIR(style == Style::kFailed ? kBarTroublePair : kBarPair));
}

// Starts colours and returns true, if `palette` and the terminal have them, and NO_COLOR is unset or empty
// (https://no-color.org).
bool StartColours(const Palette& palette) {
  const char* no_color = getenv("NO_COLOR");
  if (!palette.on || (no_color != nullptr && *no_color != '\0') || !has_colors()) return false;
  start_color();
  const short background = use_default_colors() == OK ? -1 : COLOR_BLACK;
  for (size_t i = 0; i < kStyleCount; ++i) {
    if (palette.text[i] != Colour::kDefault) init_pair(PairOf(i), static_cast<short>(palette.text[i]), background);
  }
  init_pair(kBarPair, COLOR_WHITE, static_cast<short>(palette.bar));
  init_pair(kBarTroublePair, COLOR_WHITE, static_cast<short>(palette.text[static_cast<size_t>(Style::kFailed)]));
  return true;
}

// The events of the mouse that the view uses.
constexpr mmask_t kMouseEvents = BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED;

KeyEvent TranslateMouse(const MEVENT& event) {
  if ((event.bstate & BUTTON4_PRESSED) != 0) return {Key::kWheelUp};
  if ((event.bstate & BUTTON5_PRESSED) != 0) return {Key::kWheelDown};
  if ((event.bstate & BUTTON1_PRESSED) != 0) return {Key::kClick, 0, event.y, event.x};
  return {};
}

constexpr int kCtrlL = '\f';

KeyEvent Translate(int code) {
  switch (code) {
    case KEY_UP:
      return {Key::kUp, 0};
    case KEY_DOWN:
      return {Key::kDown, 0};
    case KEY_PPAGE:
      return {Key::kPageUp, 0};
    case KEY_NPAGE:
      return {Key::kPageDown, 0};
    case KEY_HOME:
      return {Key::kHome, 0};
    case KEY_END:
      return {Key::kEnd, 0};
    case KEY_ENTER:
    case '\n':
    case '\r':
      return {Key::kEnter, 0};
    case KEY_BACKSPACE:
    case '\b':
    case 127:
      return {Key::kBackspace, 0};
    case 27:
      return {Key::kEscape, 0};
    default:
      if (code >= ' ' && code <= '~') return {Key::kCharacter, static_cast<char>(code)};
      return {Key::kOther, 0};
  }
}

// A terminfo string without the padding delays, which only old hardware terminals need; empty when it is not defined.
std::string Capability(const char* name) {
  const char* text = tigetstr(const_cast<char*>(name));
  if (text == nullptr || text == reinterpret_cast<const char*>(-1)) return "";
  std::string plain(text);
  for (size_t at; (at = plain.find("$<")) != std::string::npos;) {
    const size_t end = plain.find('>', at);
    plain.erase(at, end == std::string::npos ? end : end - at + 1);
  }
  return plain;
}

// The types to try, in this order, when curses cannot use the type that TERM names. Almost every terminal of today
// understands xterm's sequences. Debian's smallest terminfo database has all three.
constexpr const char* kCommonTypes[] = {"xterm-256color", "xterm", "vt100"};

// How curses uses the terminal.
struct TerminalType {
  std::string name;     // the entry of the terminfo database
  std::string reset;    // the bytes that restore the terminal: they leave the alternate screen and show the cursor
  std::string warning;  // see CursesScreen::warning()
};

// Returns TerminalType::reset of the type `name`. Errors: FailedPrecondition when the terminfo database does not have
// the type, or when the type cannot move the cursor.
absl::StatusOr<std::string> ResetOf(const char* name) {
  int error = 0;
  if (setupterm(name, STDOUT_FILENO, &error) != OK) return absl::FailedPreconditionError("is not known here");
  const bool moves_cursor = !Capability("cup").empty();
  // How curses turns the mouse of xterm and its kin on; off again is part of the reset.
  const char* const mouse_off = Capability("kmous").empty() ? "" : "\033[?1006;1000l";
  std::string reset =
      absl::StrCat(mouse_off, Capability("sgr0"), Capability("cnorm"), Capability("rmkx"), Capability("rmcup"));
  del_curterm(cur_term);
  if (!moves_cursor) return absl::FailedPreconditionError("cannot move its cursor");
  return reset;
}

// Returns the type that TERM names. If curses cannot use this type, returns the first of kCommonTypes that it can use.
// Errors: FailedPrecondition when standard input or output is not a terminal, or when curses can use no type.
absl::StatusOr<TerminalType> ChooseType() {
  if (isatty(STDIN_FILENO) == 0)
    return absl::FailedPreconditionError("--tui needs a terminal: standard input is not one");
  if (isatty(STDOUT_FILENO) == 0)
    return absl::FailedPreconditionError("--tui needs a terminal: standard output is not one");
  const char* own = getenv("TERM");
  std::string fault = "TERM is not set";
  if (own != nullptr && *own != '\0') {
    const absl::StatusOr<std::string> reset = ResetOf(own);
    if (reset.ok()) return TerminalType{own, *reset, ""};
    fault = absl::StrCat("TERM=", own, " ", reset.status().message());
  }
  for (const char* common : kCommonTypes) {
    const absl::StatusOr<std::string> reset = ResetOf(common);
    if (!reset.ok()) continue;
    return TerminalType{common, *reset,
                        absl::StrCat(fault, ", so the top view used ", common,
                                     "; set TERM to the terminal's type, and install the terminfo entry of that type")};
  }
  return absl::FailedPreconditionError(absl::StrCat("--tui needs a terminal: ", fault, ", and none of ",
                                                    absl::StrJoin(kCommonTypes, ", "),
                                                    " is known; install terminfo entries (Debian: ncurses-base)"));
}

}  // namespace

absl::Status CursesScreen::Check() { return ChooseType().status(); }

absl::StatusOr<std::unique_ptr<CursesScreen>> CursesScreen::Open(const Palette& palette) {
  setlocale(LC_CTYPE, "");  // curses writes characters in this encoding
  const absl::StatusOr<TerminalType> type = ChooseType();
  if (!type.ok()) return type.status();
  if (absl::Status status = TerminalSignals::Take(); !status.ok()) return status;
  TerminalRescue::Arm(type->reset);
  // Not initscr(), which ends the process when it fails.
  if (newterm(type->name.c_str(), stdout, stdin) == nullptr) {
    TerminalRescue::Disarm();
    TerminalSignals::Release();
    return absl::FailedPreconditionError("--tui needs a terminal: curses cannot use this one");
  }
  set_escdelay(kEscapeMilliseconds);
  cbreak();
  noecho();
  nonl();
  curs_set(0);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  leaveok(stdscr, TRUE);
  Palette used = palette;
  used.on = StartColours(palette);
  return std::unique_ptr<CursesScreen>(
      new CursesScreen(strcmp(nl_langinfo(CODESET), "UTF-8") == 0, used, type->warning));
}

CursesScreen::~CursesScreen() {
  SCREEN* screen = set_term(nullptr);
  set_term(screen);
  curs_set(1);
  endwin();
  delscreen(screen);
  TerminalRescue::Disarm();
  TerminalSignals::Release();
}

int CursesScreen::rows() const { return std::max(LINES, 1); }
int CursesScreen::columns() const { return std::max(COLS, 1); }

void CursesScreen::Draw(const Frame& frame) {
  const int lines = std::min(static_cast<int>(frame.size()), rows());
  for (int y = 0; y < lines; ++y) {
    move(y, 0);
    const Line& line = frame[static_cast<size_t>(y)];
    for (const Span& span : line.spans()) {
      const attr_t look = span.in_bar ? AttributesInBar(span.style, palette_) : AttributesOf(span.style, palette_);
      attrset(look ^ (line.marked() ? A_REVERSE : A_NORMAL));
      addnstr(span.text.data(), static_cast<int>(span.text.size()));
    }
    attrset(A_NORMAL);
    // After a full line the cursor is already on the next line; on the last line it stays in the last column.
    if (getcury(stdscr) == y && getcurx(stdscr) < columns() - 1) clrtoeol();
  }
  if (lines < rows()) {
    move(lines, 0);
    clrtobot();
  }
  refresh();
}

bool CursesScreen::HandleSignals() {
  bool redraw = false;
  while (const int signal = TerminalSignals::Next()) {
    if (signal == SIGTSTP) {
      endwin();
      TerminalSignals::StopProcess();
    }
    // The size may also have changed while the process was stopped.
    winsize size = {};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
      resizeterm(size.ws_row, size.ws_col);
    }
    if (signal == SIGTSTP) clearok(stdscr, TRUE);
    redraw = true;
  }
  return redraw;
}

KeyEvent CursesScreen::TakeMouseEvents() {
  MEVENT event = {};
  while (getmouse(&event) == OK) mouse_events_.push_back(TranslateMouse(event));
  if (mouse_events_.empty()) return {};
  const KeyEvent first = mouse_events_.back();
  mouse_events_.pop_back();
  return first;
}

std::optional<KeyEvent> CursesScreen::ReadKey() {
  if (HandleSignals()) return KeyEvent();
  if (!mouse_events_.empty()) {
    const KeyEvent next = mouse_events_.back();
    mouse_events_.pop_back();
    return next;
  }
  const int code = getch();
  if (code == ERR) return std::nullopt;
  if (code == kCtrlL) clearok(stdscr, TRUE);
  return code == KEY_MOUSE ? TakeMouseEvents() : Translate(code);
}

void CursesScreen::SetMouse(bool on) {
  if (on == has_mouse_) return;
  has_mouse_ = on;
  mouseinterval(0);  // a press counts at once, without a wait for a double click
  mousemask(on ? kMouseEvents : 0, nullptr);
}

int CursesScreen::keyboard_fd() const { return STDIN_FILENO; }
int CursesScreen::signal_fd() const { return TerminalSignals::fd(); }

}  // namespace tcpgauge
