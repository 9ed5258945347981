# SPDX-License-Identifier: Apache-2.0
"""A real terminal with a shell in it, which a test can type into and read.

It is a tmux server with a socket of its own. The size is 80 columns and 24 rows unless the test chooses another.
"""
import itertools
import os
import shlex
import shutil
import subprocess
import tempfile

from support import cleanup
from support.processes import wait_gone
from support.waiting import wait_until

_SHELL = ("env", "PS1=$ ", "bash", "--norc", "--noprofile")
_RUN_AND_TELL_PID = "echo $$ >{file}.new; mv {file}.new {file}; exec {command}"


class Terminal:
    """One pane with a shell inside `namespace` (None: where the test runs)."""

    def __init__(self, namespace=None, columns=80, rows=24):
        self._folder = tempfile.mkdtemp(prefix="tcpgauge-e2e-")
        self._numbers = itertools.count(1)
        self._environment = {key: value for key, value in os.environ.items() if key != "TMUX"}
        shell = namespace.command(*_SHELL) if namespace else _SHELL
        cleanup.keep(self)
        self._tmux("-f", "/dev/null", "start-server", ";", "set-option", "-g", "status", "off", ";",
                   "set-option", "-g", "default-terminal", "screen-256color", ";",
                   "new-session", "-d", "-x", str(columns), "-y", str(rows), shlex.join(shell))
        self.wait_for(lambda screen: screen and screen[0].startswith("$"), "the shell's prompt")

    def screen(self):
        """What is shown: a list of lines without trailing blanks."""
        return [line.rstrip() for line in self._tmux("capture-pane", "-p").split("\n")[:-1]]

    def wait_for(self, condition, what, seconds=30):
        """Waits until condition(screen) is true; returns its value. A failure shows the screen."""
        try:
            return wait_until(lambda: condition(self.screen()), what, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; the screen:\n" + "\n".join(self.screen())) from None

    def key(self, *names):
        """Presses keys by tmux's names: "q", "C-c", "Down"."""
        self._tmux("send-keys", *names)

    def mouse(self, button, row, column):
        """Sends an event of the mouse, and the release of the button, as a terminal of tmux's type does."""
        place = (33 + column, 33 + row)
        self._tmux("send-keys", "-H", *(f"{byte:02x}" for byte in (*b"\x1b[M", button, *place, *b"\x1b[M#", *place)))

    def record(self, path):
        """From now on all bytes that programs write to the terminal go to this file too."""
        self._tmux("pipe-pane", f"cat >{shlex.quote(path)}")

    def cursor_visible(self):
        return self._tmux("display-message", "-p", "#{cursor_flag}").strip() == "1"

    def full_screen(self):
        """Whether a program holds the alternate screen."""
        return self._tmux("display-message", "-p", "#{alternate_on}").strip() == "1"

    def wait_given_back(self):
        """Until no program holds the screen or hides the cursor: the last words of one that ended may still be on their
        way."""
        self.wait_for(lambda screen: not self.full_screen(), "the alternate screen is left")
        self.wait_for(lambda screen: self.cursor_visible(), "the cursor is shown")

    def shell(self, command):
        """Runs a command in the shell to its end: (exit status, standard output)."""
        output = self._file()
        status = self._status(self._enter(f"{command} >{output}"))
        with open(output) as file:
            return status, file.read()

    def start(self, *command):
        """Runs a command in the foreground; returns it once it has a process id."""
        pid_file = self._file()
        script = _RUN_AND_TELL_PID.format(file=pid_file, command=shlex.join(command))
        status_file = self._enter(f"sh -c {shlex.quote(script)}")
        wait_until(lambda: os.path.exists(pid_file), f"{command[0]} starts", 30)
        with open(pid_file) as file:
            return Foreground(self, int(file.read()), status_file)

    def resize(self, columns, rows):
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def close(self):
        cleanup.release(self)
        subprocess.run(self._command("kill-server"), env=self._environment, capture_output=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _file(self):
        return os.path.join(self._folder, str(next(self._numbers)))

    def _enter(self, line):
        """Types the line so that its exit status ends up in the file whose name is returned."""
        status_file = self._file()
        # From a file: a line longer than the screen would be wrapped by the shell, and a slow one echoed in pieces.
        script = self._file()
        with open(script, "w") as file:
            file.write(f"{line}\necho $? >{status_file}.new; mv {status_file}.new {status_file}\n")
        self._tmux("send-keys", "-l", f". {script}")
        self.key("Enter")
        return status_file

    def _status(self, status_file, seconds=60):
        wait_until(lambda: os.path.exists(status_file), "the command in the terminal ends", seconds)
        with open(status_file) as file:
            return int(file.read())

    def _command(self, *words):
        return ["tmux", "-u", "-S", os.path.join(self._folder, "tmux"), *words]

    def _tmux(self, *words):
        done = subprocess.run(self._command(*words), env=self._environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise AssertionError(f"tmux {words[0]}: {done.stderr.strip()}")
        return done.stdout


class Foreground:
    """A program that holds the terminal."""

    def __init__(self, terminal, pid, status_file):
        self.pid = pid
        self._terminal = terminal
        self._status_file = status_file
        try:
            self._descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            self._descriptor = None  # it has ended already

    def seconds_to_end(self, act, seconds=30):
        """Calls act(), such as a key press; returns the seconds until the program was gone, None when it stayed."""
        act()
        return 0.0 if self._descriptor is None else wait_gone(self._descriptor, seconds)

    def status(self):
        """Its exit status as the shell saw it, once it has ended."""
        return self._terminal._status(self._status_file)

    def close(self):
        if self._descriptor is not None:
            os.close(self._descriptor)
