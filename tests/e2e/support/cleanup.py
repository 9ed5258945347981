# SPDX-License-Identifier: Apache-2.0
"""What the tests make outside their own process (processes, namespaces, folders) goes away however the run ends.

A thing with a close() is handed to keep() when it is made and to release() when it is closed. What is still kept when
Python exits is closed then, the newest first; a process that leaves otherwise calls close_all(). SIGTERM is made to end
the run as Ctrl-C does, so that exit handlers run. A second signal does not interrupt them.
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
