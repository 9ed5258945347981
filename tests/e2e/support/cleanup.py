# SPDX-License-Identifier: Apache-2.0
"""Removes what the tests make outside their own process (processes, namespaces, folders), however the run ends.

An object with a close() method passes itself to keep() when it is made, and to release() when it is closed. When Python
exits, the objects that are still kept are closed, the newest first. A process that ends without Python's exit handlers
must call close_all().

SIGTERM raises KeyboardInterrupt, as Ctrl-C does, so that exit handlers run. Further signals are ignored, so that they
cannot interrupt the handlers.
"""
import atexit
import signal

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_kept = []


def keep(thing):
    _kept.append(thing)


def release(thing):
    if thing in _kept:
        _kept.remove(thing)


def close_all():
    """Closes what is still kept."""
    while _kept:
        thing = _kept[-1]
        release(thing)
        try:
            thing.close()
        except Exception as error:  # The others must go all the same.
            print(f"cleanup: {error}")


def _interrupt(signal_number, frame):
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


atexit.register(close_all)
for _signal in _SIGNALS:
    signal.signal(_signal, _interrupt)
