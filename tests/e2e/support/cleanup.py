# SPDX-License-Identifier: Apache-2.0
"""What the tests make outside their own process (processes, namespaces, folders) goes away however the run ends.

A thing with a close() is handed to keep() when it is made and to release() when it is closed. What is still kept when
Python exits is closed then, the newest first. SIGTERM is made to end the run as Ctrl-C does, so that exit handlers run.
"""
import atexit
import signal

_kept = []


def keep(thing):
    _kept.append(thing)


def release(thing):
    if thing in _kept:
        _kept.remove(thing)


def _close_all():
    while _kept:
        thing = _kept[-1]
        release(thing)
        try:
            thing.close()
        except Exception as error:  # The others must go all the same.
            print(f"cleanup: {error}")


def _interrupt(signal_number, frame):
    raise KeyboardInterrupt


atexit.register(_close_all)
signal.signal(signal.SIGTERM, _interrupt)
