# SPDX-License-Identifier: Apache-2.0
"""Repeats an action in the background until it is told to stop."""
import threading

from support import cleanup


class Mill:
    """Calls `act` again and again, `pause` seconds apart, in a thread of its own. A failure is told by close()."""

    def __init__(self, act, pause=0.1):
        self._act = act
        self._pause = pause
        self._stop = threading.Event()
        self._failure = None
        self._thread = threading.Thread(target=self._run)
        cleanup.keep(self)
        self._thread.start()

    def close(self):
        cleanup.release(self)
        self._stop.set()
        self._thread.join()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _run(self):
        try:
            while not self._stop.wait(self._pause):
                self._act()
        except Exception as failure:
            self._failure = failure
