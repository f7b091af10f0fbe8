"""A headless Chromium that opens files, driven over the pipe of its DevTools protocol.

It must not know: what the pages are. CHROMIUM in the environment may name the browser.
Protocol: https://chromedevtools.github.io/devtools-protocol/
"""

import json
import os
import selectors
import shutil
import signal
import subprocess
import time

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# The last one is harmless here: the browser opens nothing but the files that these tests made.
OPTIONS = ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--no-sandbox"]


class Browser:
    """One page of one browser. It keeps what the page said and asked the network for."""

    def __init__(self, directory):
        command_read, self.command = os.pipe()
        self.answers, answer_write = os.pipe()
        # The pipe's ends have fixed numbers in the browser: 3 to read commands from, 4 to write answers to.
        script = 'exec "$@" 3<&%d 4>&%d' % (command_read, answer_write)
        self.process = subprocess.Popen(
            ["bash", "-c", script, "bash", BROWSER, *OPTIONS, "--remote-debugging-pipe"]
            + ["--user-data-dir=%s" % directory, "about:blank"],
            pass_fds=(command_read, answer_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(command_read)
        os.close(answer_write)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.answers, selectors.EVENT_READ)
        self.pending, self.number, self.session = b"", 0, None
        self.said, self.asked, self.events = [], [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def close(self):
        """Ends the browser and every process that it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(10)
        self.selector.close()
        os.close(self.command)
        os.close(self.answers)

    def message(self, deadline):
        """The next message: they end with a zero byte."""
        while b"\0" not in self.pending:
            left = deadline - time.monotonic()
            assert left > 0 and self.selector.select(left), "the browser does not answer"
            piece = os.read(self.answers, 1 << 20)
            assert piece, "the browser has gone"
            self.pending += piece
        line, self.pending = self.pending.split(b"\0", 1)
        return json.loads(line)

    def keep(self, message):
        """Remembers what tests ask about."""
        method, values = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.said.append(json.dumps(values["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.said.append(json.dumps(values["args"]))
        elif method == "Log.entryAdded":
            self.said.append(json.dumps(values["entry"]))
        elif method == "Network.requestWillBeSent":
            self.asked.append(values["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.said.append("a dialog: " + values["message"])
        self.events.append(method)

    def call(self, method, timeout=60, **values):
        """One command and its answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": values}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.command, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + timeout
        while True:
            answer = self.message(deadline)
            if answer.get("id") == self.number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self.keep(answer)

    def open(self, path, fragment=""):
        """Shows a file, from the beginning: nothing was said or asked yet. Returns the seconds that it took."""
        self.said, self.asked, self.events = [], [], []
        start = time.monotonic()
        # By way of an empty page: a mere fragment would not load the file again.
        self.call("Page.navigate", url="about:blank")
        self.wait("Page.loadEventFired")
        self.asked, self.events = [], []
        self.call("Page.navigate", url="file://%s%s" % (path, fragment))
        self.wait("Page.loadEventFired")
        return time.monotonic() - start

    def wait(self, method, timeout=60):
        """Until the page has had this event."""
        deadline = time.monotonic() + timeout
        while method not in self.events:
            self.keep(self.message(deadline))

    def run(self, expression):
        """The value of a JavaScript expression; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key, code=None, text=None):
        """One key, as a person presses it."""
        values = {"key": key, "code": code or key}
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowUp": 38, "ArrowDown": 40}
        values["windowsVirtualKeyCode"] = codes.get(key, ord(key[0].upper()))
        letter = text or (key if len(key) == 1 else {"Enter": "\r"}.get(key))
        self.call("Input.dispatchKeyEvent", type="keyDown", **values, **({"text": letter} if letter else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **values)

    def type(self, text):
        """Several keys."""
        for letter in text:
            self.press(letter)
