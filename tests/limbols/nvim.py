#!/usr/bin/env python3
"""Drives the language server through Neovim, with the files of contrib/vim, as somebody at the keyboard would.

    nvim.py path/of/limbols

Exits with status 77 if Neovim is not installed.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SERVER = os.path.abspath(sys.argv[1])

HELLO = '''# A first program.
implement Hello;

include "sys.m";
	sys: Sys;
include "draw.m";

Hello: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

# Says hello to somebody.
greet(who: string)
{
	sys->print("hello, %s\\n", who);
}

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	for(argv = tl argv; argv != nil; argv = tl argv)
		greet(hd argv);
}
'''


class Editor:
    def __init__(self, dir):
        self.dir = dir
        self.socket = os.path.join(dir, "socket")
        init = os.path.join(dir, "init.lua")
        with open(init, "w") as f:
            f.write("vim.opt.runtimepath:prepend(%s)\n" % json.dumps(os.path.join(ROOT, "contrib/vim")))
            f.write("vim.cmd('syntax on')\nvim.cmd('filetype plugin on')\n")
            f.write("require('limbols').setup({ cmd = %s })\n"
                    % ("{ %s }" % ", ".join(json.dumps(a) for a in (SERVER, "-w", "-I", os.path.join(ROOT, "module")))))
        env = dict(os.environ, HOME=dir, XDG_CONFIG_HOME=dir, XDG_DATA_HOME=dir, XDG_STATE_HOME=dir, XDG_CACHE_HOME=dir,
                   XDG_RUNTIME_DIR=dir, TERM="xterm")
        for name in ("EMU", "ROOT", "NVIM", "NVIM_LISTEN_ADDRESS"):
            env.pop(name, None)
        self.env = env
        self.p = subprocess.Popen(["nvim", "--headless", "-i", "NONE", "-n", "-u", init, "--listen", self.socket],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env, cwd=dir)
        self.until(lambda: os.path.exists(self.socket), "the editor to start")

    def until(self, what, text, seconds=20):
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, "waited for %s in vain" % text
            time.sleep(0.05)

    def expr(self, e):
        r = subprocess.run(["nvim", "--server", self.socket, "--remote-expr", e], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           env=self.env, timeout=30, text=True)
        # 0.7 answers on one of them, later ones on the other
        return (r.stdout or r.stderr).rstrip("\n")

    def lua(self, e):
        """The value of an expression in Lua."""
        return json.loads(self.expr("json_encode(luaeval('%s'))" % e.replace("'", "''")))

    def type(self, keys, check=True):
        subprocess.run(["nvim", "--server", self.socket, "--remote-send", keys], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, env=self.env, timeout=30, check=check)

    def quit(self):
        # it may be gone before it could answer
        self.type("<C-\\><C-n>:qa!<CR>", check=False)
        try:
            self.p.wait(20)
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.wait()
            raise

    def messages(self):
        """Of each diagnostic the first line: a hint may follow."""
        return self.lua("vim.tbl_map(function(d) return vim.split(d.message, \"\\n\")[1] end, vim.diagnostic.get(0))")


def same(got, want, what=""):
    assert got == want, "%s\n\tgot  %r\n\twant %r" % (what, got, want)


def begin(e):
    with open(os.path.join(e.dir, "hello.b"), "w") as f:
        f.write(HELLO)
    e.type(":edit hello.b<CR>")
    e.until(lambda: e.expr("&filetype") == "limbo", "the file type")
    e.until(lambda: e.lua("#vim.lsp.get_active_clients()") == 1 if e.lua("vim.lsp.get_active_clients ~= nil")
            else e.lua("#vim.lsp.get_clients()") == 1, "the server")
    e.until(lambda: e.lua("vim.lsp.buf_get_clients and next(vim.lsp.buf_get_clients(0)) ~= nil or true"), "the client")


def test_syntax(e):
    for line, col, want in ((1, 1, "limboComment"), (2, 1, "limboInclude"), (4, 10, "limboString"), (14, 1, "limboFunction"),
                            (16, 15, "limboString"), (16, 22, "limboFormat"), (16, 24, "limboEscape"), (21, 8, "limboOperator"),
                            (14, 12, "limboType"), (22, 2, "limboRepeat"), (8, 1, "limboDeclared"), (22, 30, "limboConstant")):
        got = e.expr("synIDattr(synID(%d, %d, 1), \"name\")" % (line, col))
        same(got, want, (line, col))


def test_diagnostics(e):
    same(e.messages(), [])
    e.type(":normal! 16Gowhom = \"x\";<CR>")
    e.until(lambda: e.messages() == ["whom is not declared"], "the error")
    same(e.lua("{ vim.diagnostic.get(0)[1].lnum, vim.diagnostic.get(0)[1].col }"), [16, 1])
    e.type("u")
    e.until(lambda: e.messages() == [], "its end")


def test_warning(e):
    e.type(":normal! 16Gox := 1;<CR>")
    e.until(lambda: e.messages() == ["local x not referenced"], "the warning")
    same(e.lua("vim.diagnostic.get(0)[1].severity"), 2)
    e.type("u")
    e.until(lambda: e.messages() == [], "its end")


def test_definition(e):
    e.type("23G0f(hgd")
    e.until(lambda: e.expr("line(\".\")") == "14", "the function's body")
    e.type("16G0fpgd")
    e.until(lambda: e.expr("expand(\"%:t\")") == "sys.m", "the other file")
    assert "print" in e.expr("getline(\".\")")
    same(e.expr("expand(\"<cword>\")"), "print")
    e.type("<C-o>")
    e.until(lambda: e.expr("expand(\"%:t\")") == "hello.b", "the way back")


def floating(e):
    return e.lua("(function() for _, w in ipairs(vim.api.nvim_list_wins()) do"
                 " if vim.api.nvim_win_get_config(w).relative ~= \"\" then"
                 " return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(w), 0, -1, false), \"\\n\") end end"
                 " return \"\" end)()")


def test_hover(e):
    e.type("23G0f(hK")
    e.until(lambda: "greet: fn(who: string)" in floating(e), "the window")
    assert "Says hello to somebody." in floating(e)
    e.type("j")
    e.until(lambda: floating(e) == "", "its end")
    e.type("16G0fpK")
    e.until(lambda: "Sys->print: fn(s: string, *): int" in floating(e), "the window")
    e.type("j")


def test_completion(e):
    e.type("16Gosys->p<C-x><C-o>")
    e.until(lambda: e.expr("pumvisible()") == "1", "the menu")
    items = json.loads(e.expr("json_encode(complete_info([\"items\"]).items)"))
    same(sorted(i["word"] for i in items), ["pctl", "pipe", "pread", "print", "pwrite"])
    e.type("<C-e><Esc>u")
    e.until(lambda: e.expr("mode()") == "n" and "sys->p" not in e.expr("getline(17)"), "the end of it")
    e.until(lambda: e.messages() == [], "the text as it was")


def test_unsaved_include(e):
    e.type(":edit mine.m<CR>iMine: module { f: fn(a: int); };<Esc>")
    e.until(lambda: e.expr("getline(1)").startswith("Mine"), "the interface")
    e.type(":set filetype=limbo<CR>:set hidden<CR>:edit hello.b<CR>:normal! 6Goinclude \"mine.m\";<CR>:normal! ox: con Mine->nothing;<CR>")
    e.until(lambda: any("nothing" in m for m in e.messages()), "an error about the member")
    assert not any("can't include" in m for m in e.messages()), e.messages()
    e.type("uu")


def test_end(e):
    """The server goes with the editor."""
    e.quit()
    same(e.p.returncode, 0)


def main():
    if shutil.which("nvim") is None:
        print("nvim is not installed: skipped")
        return 77
    passed = failed = 0
    dir = tempfile.mkdtemp(prefix="limbols.")
    e = Editor(dir)
    try:
        begin(e)
        for name, fn in list(globals().items()):
            if not name.startswith("test_"):
                continue
            try:
                # whatever the test before has left
                e.type("<C-\\><C-n>:edit! hello.b<CR>")
                e.until(lambda: e.expr("expand(\"%:t\")") == "hello.b" and e.messages() == [], "the text as it was")
                fn(e)
                passed += 1
            except Exception:
                failed += 1
                print("FAIL %s: %s" % (name[5:], traceback.format_exc()), flush=True)
    finally:
        if e.p.poll() is None:
            e.p.kill()
            e.p.wait()
        shutil.rmtree(dir, ignore_errors=True)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
