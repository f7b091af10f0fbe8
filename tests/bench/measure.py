"""What a command takes: time by the clock, processor, memory; and many runs of it in a few numbers.

It must not know: what is measured.
"""

import os
import shlex
import statistics
import subprocess
import sys
import time


def measure(command, environment=None):
    """Runs a command: seconds by the clock, seconds of processor, peak resident bytes.

    The kernel counts this process's own size (some 16 MB) as a child's least peak.
    """
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit("bench: `%s` ended with status %d" % (shlex.join(command), child.returncode))
    return {"seconds": seconds, "processor": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}


def summary(runs):
    """Minimum, median and maximum of the times; the greatest of the peaks."""
    seconds = [run["seconds"] for run in runs]
    return {
        "seconds": {"min": min(seconds), "median": statistics.median(seconds), "max": max(seconds)},
        "processor_seconds": statistics.median(run["processor"] for run in runs),
        "peak_bytes": max(run["peak"] for run in runs),
        "runs": runs,
    }
