# SPDX-License-Identifier: Apache-2.0
"""The web configuration of a running agent is rewritten in place, emptied, and replaced by what is no file.

Passwords stay on all the while.
"""
import os
import re
import shutil
import subprocess
import tempfile
import threading
import unittest

from support.agent import Agent, ThisHost, binary
from support.passwords import header, write_config
from support.synthetic import CaptureWriter
from support.waiting import wait_until

# REWRITES=3600 is the run that RELIABILITY.md tells of.
REWRITES = int(os.environ.get("REWRITES", "200"))


class WebConfigTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.config, self.good = os.path.join(folder.name, "web.yml"), os.path.join(folder.name, "good.yml")
        write_config(self.good, cost=4)
        shutil.copyfile(self.good, self.config)
        self.capture = os.path.join(folder.name, "none.pcap")
        CaptureWriter(self.capture).close()

    def start(self):
        agent = Agent(ThisHost(), "-T", self.capture, "--web.config.file", self.config)
        self.addCleanup(agent.close)
        return agent

    def successful(self, agent):
        status, body = agent.get("/metrics", header())
        self.assertEqual(status, 200)
        self.assertEqual(agent.get("/metrics")[0], 401)
        value = re.search(r"^tcpgauge_web_config_last_reload_successful (\S+)$", body, re.MULTILINE).group(1)
        time = re.search(r"^tcpgauge_web_config_last_reload_success_timestamp_seconds (\S+)$", body, re.MULTILINE).group(1)
        self.assertGreater(float(time), 1.6e9)
        return int(value)

    def test_rewriting_it_in_place_never_lets_anybody_in(self):
        agent = self.start()
        answers, lock, over = {"nobody": [], "user": []}, threading.Lock(), threading.Event()

        def ask(who, headers):
            while not over.is_set():
                status, _ = agent.get("/metrics", headers)
                with lock:
                    answers[who].append(status)
        self.addCleanup(over.set)
        clients = [threading.Thread(target=ask, args=arguments)
                   for arguments in (("nobody", {}), ("nobody", {}), ("nobody", {}), ("user", header()))]
        for client in clients:
            client.start()
        for _ in range(REWRITES):
            subprocess.run(["cp", self.good, self.config], check=True)
        wait_until(lambda: len(answers["nobody"]) > 10 and len(answers["user"]) > 10, "clients are answered", 60)
        over.set()
        for client in clients:
            client.join()
        print(f"{REWRITES} rewritings: {len(answers['nobody'])} answers without a password, "
              f"{len(answers['user'])} with one")
        self.assertEqual(set(answers["nobody"]), {401})
        self.assertEqual(set(answers["user"]), {200})

    def test_what_is_no_file_of_settings_keeps_passwords_on(self):
        agent = self.start()
        self.assertEqual(self.successful(agent), 1)
        for make in (lambda: os.mkfifo(self.config), lambda: os.symlink("/dev/null", self.config),
                     lambda: os.mkdir(self.config), lambda: open(self.config, "w").close(), lambda: None):
            os.unlink(self.config)
            make()
            wait_until(lambda: self.successful(agent) == 0, "the refusal is told", 30)
            if os.path.isdir(self.config):
                os.rmdir(self.config)
            shutil.copyfile(self.good, self.good + ".new")
            if os.path.lexists(self.config):
                os.unlink(self.config)
            os.rename(self.good + ".new", self.config)
            wait_until(lambda: self.successful(agent) == 1, "the file is read again", 30)
        self.assertEqual(agent.stderr().count("stays in force"), 5)

    def test_a_file_without_settings_is_named_at_the_start(self):
        for make, error in ((lambda: open(self.config, "w").close(), "has no settings"),
                            (lambda: os.mkfifo(self.config), "is not a regular file"),
                            (lambda: os.symlink("/dev/null", self.config), "is not a regular file")):
            os.unlink(self.config)
            make()
            done = subprocess.run([binary(), "-T", self.capture, "--web.listen-address=127.0.0.1:0", "--web.config.file",
                                   self.config], capture_output=True, text=True, timeout=60)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(error, done.stderr)
            self.assertIn(self.config, done.stderr)
