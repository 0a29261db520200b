"""Runs a program until it ends or until our standard input closes.

xtask holds the other end of that pipe, so the program and all its children are gone
whichever way xtask ends, a crash or `kill -9` included.

Usage: keeper.py <log file> <program> [argument...]; prints the program's process group.
"""

import os
import signal
import subprocess
import sys
import threading

GRACE_SECONDS = 1


def end_group(group: int, how: signal.Signals) -> None:
    try:
        os.killpg(group, how)
    except ProcessLookupError:
        pass


def stop(*_: object) -> None:
    end_group(program.pid, signal.SIGTERM)
    try:
        program.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    end_group(program.pid, signal.SIGKILL)
    os._exit(0)


log = open(sys.argv[1], "ab", buffering=0)
program = subprocess.Popen(
    sys.argv[2:], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
)
print(program.pid, flush=True)
signal.signal(signal.SIGTERM, stop)
threading.Thread(target=lambda: (sys.stdin.buffer.read(), stop()), daemon=True).start()
code = program.wait()
end_group(program.pid, signal.SIGKILL)
os._exit(code if code >= 0 else 1)
