"""A client of limbols for the tests: starts it, sends messages, keeps what comes."""

import json
import os
import select
import subprocess


class Timeout(Exception):
    pass


class Client:
    def __init__(self, program, args=(), env=None, cwd=None):
        self.p = subprocess.Popen([program, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=cwd)
        self.buf = b""
        self.id = 0
        self.kept = []          # notifications that nobody has asked for yet
        self.versions = {}

    # ---- messages
    def raw(self, data):
        try:
            self.p.stdin.write(data)
            self.p.stdin.flush()
        except BrokenPipeError:
            pass

    def send(self, message):
        body = json.dumps(message).encode()
        self.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def post(self, method, params=None):
        self.id += 1
        self.send({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params})
        return self.id

    def receive(self, timeout=30):
        """The next message; None at the end of the server's output."""
        while True:
            head, sep, rest = self.buf.partition(b"\r\n\r\n")
            if sep:
                assert head.startswith(b"Content-Length: "), head
                n = int(head.split(b":")[1])
                if len(rest) >= n:
                    self.buf = rest[n:]
                    return json.loads(rest[:n].decode("utf-8"))
            if not select.select([self.p.stdout], [], [], timeout)[0]:
                raise Timeout()
            data = os.read(self.p.stdout.fileno(), 1 << 16)
            if not data:
                return None
            self.buf += data

    def answer(self, wanted, timeout=30):
        while True:
            m = self.receive(timeout)
            assert m is not None, "the server has gone"
            if "id" in m and m["id"] == wanted:
                return m
            self.kept.append(m)

    def ask(self, method, params=None, timeout=30):
        m = self.answer(self.post(method, params), timeout)
        assert "error" not in m, m
        return m["result"]

    def fail(self, method, params=None):
        """The error of a request that fails."""
        return self.answer(self.post(method, params))["error"]

    # ---- the protocol
    def initialize(self, capabilities=None):
        r = self.ask("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities or {}})
        self.notify("initialized", {})
        return r

    def open(self, uri, text):
        self.versions[uri] = 1
        self.notify("textDocument/didOpen",
                    {"textDocument": {"uri": uri, "languageId": "limbo", "version": 1, "text": text}})

    def change(self, uri, text):
        self.versions[uri] += 1
        self.notify("textDocument/didChange",
                    {"textDocument": {"uri": uri, "version": self.versions[uri]}, "contentChanges": [{"text": text}]})

    def close(self, uri):
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def diagnostics(self, uri, timeout=30):
        """The next list of diagnostics for a document, of its latest version."""
        while True:
            for i, m in enumerate(self.kept):
                if m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri:
                    del self.kept[i]
                    v = m["params"].get("version")
                    if v is None or v == self.versions.get(uri):
                        return m["params"]["diagnostics"]
                    break
            else:
                m = self.receive(timeout)
                assert m is not None, "the server has gone"
                self.kept.append(m)

    def at(self, method, uri, line, character, **more):
        return self.ask("textDocument/" + method,
                        {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}, **more})

    def stop(self):
        """Shuts down in an orderly way; the exit status."""
        self.ask("shutdown")
        self.notify("exit")
        return self.wait()

    def wait(self, timeout=30):
        try:
            self.p.stdin.close()
        except BrokenPipeError:
            pass
        status = self.p.wait(timeout)
        self.p.stdout.close()
        return status
