# SPDX-License-Identifier: Apache-2.0
"""Checks with the kernel which privileges the agent keeps after its start.

Also checks that the agent works with what is left.
"""
import os
import pwd
import shutil
import signal
import subprocess
import tempfile

from support import top_view
from support.agent import Agent, binary, fetch
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.processes import Process, status_of_threads
from support.terminal import Terminal
from support.traffic import Conversation
from support.waiting import wait_until

NOBODY = pwd.getpwnam("nobody")
NONE = "0" * 16
AS_NOBODY = ("setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups")
ONLY_NET_RAW = ("setpriv", "--bounding-set=-all,+net_raw", "--inh-caps=-all")


def default_user():
    """Whom root becomes."""
    try:
        return pwd.getpwnam("tcpgauge")
    except KeyError:
        return NOBODY


class PrivilegesCase(NamespaceCase):
    tools = ("setpriv", "setcap")

    def setUp(self):
        self.testbed = self.own(Testbed())

    def program_for_all(self):
        """A copy of the agent where nobody may run it."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        program = shutil.copy(binary(), folder.name)
        os.chmod(program, 0o755)
        return program

    def start(self, *options, **how):
        return self.own(Agent(self.testbed.server, "-i", "server0", *options, **how))

    def fails(self, *options, prefix=()):
        """Runs the agent, which is to end at once: (exit status, what it said)."""
        process = self.own(Process(self.testbed.server.command(*prefix, binary(), "-i", "server0",
                                                               "--web.listen-address=127.0.0.1:0", *options)))
        return process.wait(), process.stderr()

    def check_captures(self, agent, port=7000):
        conversation = self.own(Conversation(self.testbed, port))
        conversation.client_sends(1000)
        agent.wait_for("tcpgauge_connection_client_payload_bytes_total", lambda value: value == 1000,
                       "the conversation is counted", 30, **conversation.labels)

    def check_dropped(self, agent, user, bounding=NONE, threads_at_least=4):
        threads = status_of_threads(agent.pid)
        self.assertGreaterEqual(len(threads), threads_at_least)
        for thread in threads:
            self.assertEqual(thread["Uid"].split(), [str(user.pw_uid)] * 4)
            self.assertEqual(thread["Gid"].split(), [str(user.pw_gid)] * 4)
            for capabilities in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                self.assertEqual(thread[capabilities], NONE, capabilities)
            if bounding is not None:
                self.assertEqual(thread["CapBnd"], bounding)
            self.assertEqual((thread["Seccomp"], thread["NoNewPrivs"]), ("2", "1"))


class DropTest(PrivilegesCase):
    def test_root_becomes_a_user_without_any_capability(self):
        agent = self.start()
        self.check_dropped(agent, default_user())
        self.assertEqual(status_of_threads(agent.pid)[0]["Groups"].strip(), "")
        self.check_captures(agent)
        # Threads that come later too.
        self.check_dropped(agent, default_user())

    def test_every_thread_of_several_workers_and_a_log_is_dropped(self):
        agent = self.start("--workers", "3", "--connection-log", "/dev/null")
        self.check_dropped(agent, default_user())
        self.check_captures(agent)

    def test_a_user_is_chosen_by_name_or_number(self):
        daemon = pwd.getpwnam("daemon")
        self.check_dropped(self.start("--user", "daemon"), daemon)
        self.check_dropped(self.start("--user", f"{daemon.pw_uid}:{daemon.pw_gid}"), daemon)

    def test_a_file_capability_is_enough_for_an_unprivileged_user(self):
        program = self.program_for_all()
        done = subprocess.run(["setcap", "cap_net_raw=ep", program], capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest(f"no file capabilities here: {done.stderr.strip()}")
        agent = self.start(prefix=AS_NOBODY, program=program)
        # Its bounding set is not its own to empty; no_new_privs makes it void.
        self.check_dropped(agent, NOBODY, bounding=None)
        self.check_captures(agent)

    def test_an_ambient_capability_is_enough_for_an_unprivileged_user(self):
        agent = self.start(prefix=(*AS_NOBODY, "--bounding-set=-all,+net_raw", "--inh-caps=-all,+net_raw",
                                    "--ambient-caps=-all,+net_raw"), program=self.program_for_all())
        self.check_dropped(agent, NOBODY, bounding=None)
        self.check_captures(agent)

    def test_root_stays_where_it_insists_but_without_capabilities(self):
        root = pwd.getpwnam("root")
        agent = self.start("--user", "")
        self.check_dropped(agent, root)
        self.check_captures(agent)
        # Not even the right to empty the bounding set.
        confined = self.start("--user", "", prefix=ONLY_NET_RAW)
        self.check_dropped(confined, root, bounding=None)
        self.check_captures(confined, 7001)

    def test_reading_a_file_drops_too(self):
        with tempfile.NamedTemporaryFile() as capture:  # an empty one, after which the agent stays to be looked at
            capture.write(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
            capture.flush()
            agent = self.own(Agent(self.testbed.server, "-T", capture.name))
            self.check_dropped(agent, default_user())


# Tries what a process of the same user might: to trace, and to read memory, environment and layout. Prints what worked.
_PEEK = """
import ctypes, os, sys
pid = int(sys.argv[1])
if ctypes.CDLL(None).ptrace(16, pid, 0, 0) == 0:  # PTRACE_ATTACH
    print("ptrace")
for name in ("mem", "environ", "maps", "auxv"):
    try:
        open(f"/proc/{pid}/{name}", "rb").close()
        print(name)
    except PermissionError:
        pass
"""


class NotDumpableTest(PrivilegesCase):
    tools = ("setpriv", "setcap")

    def setUp(self):
        super().setUp()
        self.program = self.program_for_all()

    def check_closed(self, pid, peeper):
        """`peeper` is a command that makes a process of the agent's own user."""
        # The attempts work on a process that takes no care.
        careless = self.own(Process([*peeper, "sleep", "100"]))
        wait_until(lambda: status_of_threads(careless.pid)[0]["Name"] == "sleep", "the careless process runs", 30)
        self.assertEqual(self.peek(peeper, careless.pid), ["ptrace", "mem", "environ", "maps", "auxv"])
        self.assertEqual(self.peek(peeper, pid), [])

    def peek(self, peeper, pid):
        done = subprocess.run([*peeper, "/usr/bin/python3", "-c", _PEEK, str(pid)], capture_output=True, text=True,
                              cwd="/", stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.split()

    def test_root_that_becomes_a_user(self):
        self.check_closed(self.start("--user", "nobody").pid, AS_NOBODY)

    def test_root_that_stays_root(self):
        # Another root process without capabilities; with CAP_SYS_PTRACE it could look into everything.
        self.check_closed(self.start("--user", "").pid, ("setpriv", "--bounding-set=-all", "--inh-caps=-all"))

    def test_a_user_with_an_ambient_capability(self):
        agent = self.start(prefix=(*AS_NOBODY, "--inh-caps=-all,+net_raw", "--ambient-caps=-all,+net_raw"),
                           program=self.program)
        self.check_closed(agent.pid, AS_NOBODY)

    def test_a_user_with_a_file_capability(self):
        done = subprocess.run(["setcap", "cap_net_raw=ep", self.program], capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest(f"no file capabilities here: {done.stderr.strip()}")
        self.check_closed(self.start(prefix=AS_NOBODY, program=self.program).pid, AS_NOBODY)

    def test_a_user_who_reads_a_file(self):
        capture = os.path.join(os.path.dirname(self.program), "capture")
        with open(capture, "wb") as file:
            file.write(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
        os.chmod(capture, 0o644)
        agent = self.own(Agent(self.testbed.server, "-T", capture, prefix=AS_NOBODY, program=self.program))
        self.check_closed(agent.pid, AS_NOBODY)

    def test_a_crash_leaves_no_core(self):
        agent = self.start(prefix=("prlimit", "--core=unlimited"))
        os.kill(agent.pid, signal.SIGABRT)
        _, status = os.waitpid(agent.pid, 0)
        self.assertTrue(os.WIFSIGNALED(status))
        self.assertFalse(os.WCOREDUMP(status))


class TopViewDropTest(PrivilegesCase):
    tools = ("setpriv", "tmux")

    def view(self, *options):
        terminal = self.own(Terminal(self.testbed.server))
        view = self.own(terminal.start(binary(), "--tui", *options))
        terminal.wait_for(top_view.footer, "the top view")
        return view

    def test_the_top_view_is_dropped(self):
        view = self.view("--web.listen-address=", "-i", "server0")
        self.check_dropped(view, default_user(), threads_at_least=3)

    def test_the_view_of_an_agent_elsewhere_keeps_its_user_alone(self):
        view = self.view("--attach", f"http://{self.start().address}")
        self.check_dropped(view, pwd.getpwnam("root"), threads_at_least=2)
        peeper = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
        done = subprocess.run([*peeper, "cat", f"/proc/{view.pid}/environ"], capture_output=True, text=True)
        self.assertIn("Permission denied", done.stderr)


class FailedDropTest(PrivilegesCase):
    def test_root_that_cannot_change_its_user_does_not_start(self):
        status, said = self.fails(prefix=ONLY_NET_RAW)
        self.assertEqual(status, 1, said)
        self.assertEqual(len(said.splitlines()), 1, said)
        for words in ("cannot become user", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "--user ''"):
            self.assertIn(words, said)

    def test_each_single_missing_capability_is_named(self):
        for capability in ("setuid", "setgid", "setpcap"):
            with self.subTest(capability=capability):
                status, said = self.fails(prefix=("setpriv", f"--bounding-set=-{capability}", f"--inh-caps=-{capability}"))
                self.assertEqual((status, len(said.splitlines())), (1, 1), said)
                self.assertIn(f"CAP_{capability.upper()} is missing", said)

    def test_an_unprivileged_user_cannot_become_another(self):
        program = self.program_for_all()
        process = self.own(Process(self.testbed.server.command(
            *AS_NOBODY, "--inh-caps=-all,+net_raw", "--ambient-caps=-all,+net_raw", program, "-i", "server0",
            "--user", "daemon", "--web.listen-address=")))
        self.assertEqual(process.wait(), 1, process.stderr())
        self.assertIn("cannot become user 'daemon'", process.stderr())

    def test_a_user_that_there_is_not_is_a_wrong_value(self):
        status, said = self.fails("--user", "no-such-user")
        self.assertEqual((status, len(said.splitlines())), (2, 1), said)
        self.assertIn("'no-such-user'", said)

    def test_a_set_user_id_binary_does_not_start(self):
        program = self.program_for_all()
        os.chown(program, 0, 0)
        os.chmod(program, 0o4755)
        done = subprocess.run([*AS_NOBODY, program, "-i", "lo", "--web.listen-address="], capture_output=True, text=True,
                              timeout=60, stdin=subprocess.DEVNULL)
        if "no privilege to capture" in done.stderr:
            self.skipTest("the file system ignores set-user-ID")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("set-user-ID", done.stderr)


class WorksAfterwardsTest(PrivilegesCase):
    def test_ports_below_1024_are_opened_first(self):
        agent = self.start("--web.listen-address=127.0.0.1:80")
        self.check_dropped(agent, default_user())
        self.assertEqual(fetch(self.testbed.server, "http://127.0.0.1:80/-/ready")[0], 200)

    def test_what_the_kernel_says_of_the_process_is_still_exported(self):
        metrics = self.start().metrics()
        for name in ("process_cpu_seconds_total", "process_open_fds", "process_max_fds", "process_resident_memory_bytes",
                     "process_virtual_memory_bytes", "process_start_time_seconds"):
            self.assertIsNotNone(metrics.value(name), name)

    def test_the_connection_log_is_written_in_a_folder_of_roots(self):
        with tempfile.TemporaryDirectory() as folder:  # which only root may enter
            log = os.path.join(folder, "log")
            old = os.path.join(folder, "old")
            with open(old, "w"):
                os.chmod(old, 0o600)
            for name in (log, old):
                agent = self.start("--connection-log", name)
                self.check_captures(agent)
                agent.signal(signal.SIGTERM)
                self.assertEqual(agent.wait(), 0)
                with open(name) as lines:
                    self.assertEqual(len(lines.readlines()), 1)
            self.assertEqual(os.stat(log).st_uid, default_user().pw_uid, "made by the agent, so for whom it becomes")
            self.assertEqual(os.stat(old).st_uid, 0, "made by somebody else")

    def test_a_configuration_that_cannot_be_read_again_holds_on(self):
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "web.yml")
            with open(config, "w") as file:
                file.write("http_server_config: {headers: {X-Frame-Options: deny}}\n")
            os.chmod(config, 0o600)
            agent = self.start("--web.config.file", config)
            self.assertEqual(agent.get("/metrics")[0], 200)
            os.utime(config, (1, 1))
            wait_until(lambda: agent.get("/metrics")[0] == 200 and "stays in force" in agent.stderr(),
                       "the refusal is told", 30)
            self.assertIn("Permission denied", agent.stderr())
            self.assertEqual(agent.get("/metrics")[0], 200)

    def test_nobody_else_of_the_same_user_can_look_into_it(self):
        agent = self.start()
        user = default_user()
        done = subprocess.run(["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
                               "cat", f"/proc/{agent.pid}/maps"], capture_output=True, text=True)
        self.assertIn("Permission denied", done.stderr)
