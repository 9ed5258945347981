// SPDX-License-Identifier: Apache-2.0
// Runs the top view in a pseudo-terminal. Checks what it writes, and that it restores the terminal however it ends.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

namespace tcpgauge {
namespace {

constexpr char kDemo[] = "tests/tui/demo";
constexpr int kPatienceMilliseconds = 60000;

// Runs the demo in its own terminal.
class TerminalTest : public testing::Test {
 protected:
  void Start(std::vector<std::pair<std::string, std::string>> environment = {}) {
    winsize size = {24, 80, 0, 0};
    ASSERT_EQ(openpty(&terminal_, &far_end_, nullptr, nullptr, &size), 0);
    fcntl(terminal_, F_SETFD, FD_CLOEXEC);  // so that the child sees a hang-up when we close it
    ASSERT_EQ(tcgetattr(far_end_, &modes_before_), 0);
    child_ = fork();
    ASSERT_GE(child_, 0);
    if (child_ == 0) {
      login_tty(far_end_);
      setenv("TERM", "xterm-256color", 1);
      setenv("LC_ALL", "C.UTF-8", 1);
      unsetenv("NO_COLOR");
      for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
      if (job_ != nullptr) job_();
      Run();
    }
  }

  // Runs in the child: replaces it by the demo.
  [[noreturn]] static void Run() {
    execl(kDemo, kDemo, "300", nullptr);
    _exit(127);
  }

  void TearDown() override {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    close(terminal_);
    close(far_end_);
  }

  // Reads the output until it contains `text`. False when `text` does not come.
  bool Await(const std::string& text) {
    while (output_.find(text) == std::string::npos) {
      pollfd readable = {terminal_, POLLIN, 0};
      if (poll(&readable, 1, kPatienceMilliseconds) <= 0 || !ReadSome()) return false;
    }
    return true;
  }

  // Waits until the child ends, and reads all of its output. Returns its exit status.
  int AwaitEnd() {
    int status = 0;
    while (waitpid(child_, &status, WNOHANG) == 0) {
      pollfd readable = {terminal_, POLLIN, 0};
      if (poll(&readable, 1, 10) > 0) ReadSome();
    }
    child_ = -1;
    fcntl(terminal_, F_SETFL, O_NONBLOCK);
    while (ReadSome()) {
    }
    return status;
  }

  void Type(const std::string& keys) {
    ASSERT_EQ(write(terminal_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }

  // Expects the original modes, and output that ends by leaving the alternate screen and showing the cursor.
  void ExpectTerminalIsWhole() {
    termios modes;
    ASSERT_EQ(tcgetattr(far_end_, &modes), 0);
    EXPECT_EQ(modes.c_lflag, modes_before_.c_lflag);
    EXPECT_EQ(modes.c_iflag, modes_before_.c_iflag);
    EXPECT_EQ(modes.c_oflag, modes_before_.c_oflag);
    const size_t left = output_.rfind("\x1b[?1049l");
    ASSERT_NE(left, std::string::npos) << "still on the alternate screen";
    EXPECT_GT(left, output_.rfind("\x1b[?1049h"));
    EXPECT_GT(output_.rfind("\x1b[?25h") + 1, output_.rfind("\x1b[?25l") + 1) << "the cursor is hidden";
  }

  std::function<void()> job_;  // empty = the child runs the demo; otherwise it runs this
  pid_t child_ = -1;
  int terminal_ = -1;  // our end
  int far_end_ = -1;   // the child's end; we keep it open to read its modes after the child ended
  termios modes_before_;
  std::string output_;

 private:
  bool ReadSome() {
    char buffer[4096];
    const ssize_t size = read(terminal_, buffer, sizeof(buffer));
    if (size <= 0) return false;
    output_.append(buffer, static_cast<size_t>(size));
    return true;
  }
};

TEST_F(TerminalTest, IsWholeAfterQ) {
  Start();
  ASSERT_TRUE(Await("of 300"));
  Type("q");
  EXPECT_EQ(AwaitEnd(), 0);
  ExpectTerminalIsWhole();
}

TEST_F(TerminalTest, IsWholeAfterCtrlC) {
  Start();
  ASSERT_TRUE(Await("of 300"));
  Type("\x03");
  EXPECT_EQ(AwaitEnd(), 0);
  ExpectTerminalIsWhole();
}

TEST_F(TerminalTest, IsWholeAfterSigterm) {
  Start();
  ASSERT_TRUE(Await("of 300"));
  kill(child_, SIGTERM);
  EXPECT_EQ(AwaitEnd(), 0);
  ExpectTerminalIsWhole();
}

TEST_F(TerminalTest, IsWholeAfterACrash) {
  Start();
  ASSERT_TRUE(Await("of 300"));
  kill(child_, SIGSEGV);
  const int status = AwaitEnd();
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
  ExpectTerminalIsWhole();
}

// The child plays the shell, because only the parent of a job sees it stop. It runs the demo as a job, writes a byte to
// stopped_ when the job has stopped, and continues the job after it has read a byte from resume_.
class SuspendTest : public TerminalTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe(stopped_), 0);
    ASSERT_EQ(pipe(resume_), 0);
  }
  void TearDown() override {
    for (const int fd : {stopped_[0], stopped_[1], resume_[0], resume_[1]}) close(fd);
    TerminalTest::TearDown();
  }

  void StartAsJob() {
    job_ = [this] {
      const pid_t job = fork();
      if (job == 0) {
        setpgid(0, 0);
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        Run();
      }
      int status = 0;
      while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
        char byte = 's';
        if (write(stopped_[1], &byte, 1) != 1 || read(resume_[0], &byte, 1) != 1) break;
        kill(-job, SIGCONT);
      }
      _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 99);
    };
    Start();
  }

  int stopped_[2];
  int resume_[2];
};

TEST_F(SuspendTest, IsWholeWhileItIsSuspendedAndDrawnAnewAfter) {
  StartAsJob();
  ASSERT_TRUE(Await("of 300"));
  Type("\x1a");  // Ctrl-Z
  pollfd stopped = {stopped_[0], POLLIN, 0};
  ASSERT_EQ(poll(&stopped, 1, kPatienceMilliseconds), 1) << "it did not stop";
  ASSERT_TRUE(Await("\x1b[?1049l"));
  ExpectTerminalIsWhole();
  output_.clear();
  ASSERT_EQ(write(resume_[1], "c", 1), 1);
  EXPECT_TRUE(Await("of 300"));
  Type("q");
  EXPECT_EQ(AwaitEnd(), 0);
  ExpectTerminalIsWhole();
}

TEST_F(TerminalTest, KeysArriveAsWholeSequences) {
  Start();
  ASSERT_TRUE(Await("of 300"));
  output_.clear();
  Type("sss\f");  // to the order in which connections began; Ctrl-L, because curses writes only what changes
  ASSERT_TRUE(Await("10.77.0.3:32770"));
  Type("\x1bOB\x1bOB\r\f");  // Down, Down, Enter
  ASSERT_TRUE(Await("Handshake"));
  output_.clear();
  Type("\f");
  EXPECT_TRUE(Await("10.77.0.3:32770"));
}

TEST_F(TerminalTest, TwoClicksThatArriveTogetherMarkAndOpen) {
  Start();
  ASSERT_TRUE(Await("of 300"));
  Type("\x1b[<0;5;5M\x1b[<0;5;5m\x1b[<0;5;5M\x1b[<0;5;5m\f");
  EXPECT_TRUE(Await("Handshake"));
}

TEST_F(TerminalTest, FollowsAChangeOfItsSize) {
  Start();
  ASSERT_TRUE(Await("1-21 of 300"));
  const winsize size = {6, 120, 0, 0};
  ASSERT_EQ(ioctl(terminal_, TIOCSWINSZ, &size), 0);
  EXPECT_TRUE(Await("Down"));
  EXPECT_TRUE(Await("1-3 of 300"));
}

TEST_F(TerminalTest, HasColoursUnlessNoColorIsSet) {
  Start();
  ASSERT_TRUE(Await("of 300"));
  EXPECT_NE(output_.find("\x1b[32m"), std::string::npos) << "no green";
}

TEST_F(TerminalTest, NoColorIsRespected) {
  Start({{"NO_COLOR", "1"}});
  ASSERT_TRUE(Await("of 300"));
  for (int colour = 0; colour < 8; ++colour) {
    EXPECT_EQ(output_.find("\x1b[3" + std::to_string(colour) + "m"), std::string::npos) << colour;
  }
}

// Runs with a TERM that curses cannot use.
class UnusableTypeTest : public TerminalTest {
 protected:
  // Expects the view to be that of an xterm-256color, and a line with `fault` on the restored terminal.
  void ExpectTheViewAndThen(const std::string& fault) {
    ASSERT_TRUE(Await("of 300"));
    EXPECT_NE(output_.find("\x1b[?1049h"), std::string::npos) << "not on the alternate screen";
    EXPECT_NE(output_.find("\x1b[32m"), std::string::npos) << "no green";
    EXPECT_EQ(output_.find("TERM"), std::string::npos) << "a line in the view's way";
    Type("q");
    EXPECT_EQ(AwaitEnd(), 0);
    ExpectTerminalIsWhole();
    const std::string after = output_.substr(output_.rfind("\x1b[?1049l"));
    EXPECT_NE(after.find(fault + ", so the top view used xterm-256color;"), std::string::npos) << after;
  }
};

TEST_F(UnusableTypeTest, AnUnknownTypeFallsBackAndIsNamedAfterTheView) {
  Start({{"TERM", "no-such-terminal"}});
  ExpectTheViewAndThen("TERM=no-such-terminal is not known here");
}

TEST_F(UnusableTypeTest, ATypeThatIsAPathFallsBack) {
  Start({{"TERM", "../x/xterm"}});
  ExpectTheViewAndThen("TERM=../x/xterm is not known here");
}

TEST_F(UnusableTypeTest, AnEmptyTypeFallsBack) {
  Start({{"TERM", ""}});
  ExpectTheViewAndThen("TERM is not set");
}

TEST_F(UnusableTypeTest, AnUnsetTypeFallsBack) {
  job_ = [] { unsetenv("TERM"); };
  Start();
  ExpectTheViewAndThen("TERM is not set");
}

TEST_F(UnusableTypeTest, ATypeThatCannotMoveItsCursorFallsBack) {
  Start({{"TERM", "dumb"}});
  ExpectTheViewAndThen("TERM=dumb cannot move its cursor");
}

TEST_F(TerminalTest, AKnownTypeGivesNoWarning) {
  // Not "linux", for which curses loads libgpm, if it is installed. That library leaks a name.
  Start({{"TERM", "vt220"}});
  ASSERT_TRUE(Await("of 300"));
  Type("q");
  EXPECT_EQ(AwaitEnd(), 0);
  EXPECT_EQ(output_.find("TERM"), std::string::npos);
}

TEST_F(TerminalTest, EndsWhenTheTerminalIsGone) {
  Start();
  ASSERT_TRUE(Await("of 300"));
  close(far_end_);
  close(terminal_);
  int status = 0;
  EXPECT_EQ(waitpid(child_, &status, 0), child_);
  EXPECT_EQ(status, 0);
  child_ = -1;
  terminal_ = far_end_ = -1;
}

}  // namespace
}  // namespace tcpgauge
