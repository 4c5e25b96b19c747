#!/usr/bin/env python3
"""Speaks to the language server and compares what it says.

    run.py path/of/limbols [-v] [pattern ...]

Texts mark places with «1», «2», ...: the marks are taken out before the text is sent.
"""
import fnmatch
import json
import os
import random
import re
import shutil
import sys
import tempfile
import traceback
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
from client import Client, Timeout  # noqa: E402

SERVER = sys.argv[1]
MODULE = os.path.join(ROOT, "module")
CAPABLE = {"textDocument": {"hover": {"contentFormat": ["markdown", "plaintext"]},
                            "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
                            "publishDiagnostics": {"relatedInformation": True, "tagSupport": {"valueSet": [1, 2]}}}}


def file_uri(path):
    return "file://" + urllib.parse.quote(path)


class Place:
    """A directory with files, and servers that run in it."""

    def __init__(self):
        self.dir = os.path.realpath(tempfile.mkdtemp(prefix="limbols."))
        self.clients = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for c in self.clients:
            if c.p.poll() is None:
                c.p.kill()
                c.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return path

    def uri(self, name):
        return file_uri(os.path.join(self.dir, name))

    def start(self, *args, env=None):
        e = dict(os.environ)
        for name in ("EMU", "ROOT"):
            e.pop(name, None)
        e.update(env or {})
        c = Client(SERVER, args or ("-I", MODULE), env=e, cwd=self.dir)
        self.clients.append(c)
        return c

    def server(self, *args, capabilities=CAPABLE):
        c = self.start(*args)
        c.initialize(capabilities)
        return c


def marks(text):
    """The text without its marks, and their places (line, UTF-16 column)."""
    places, out = {}, ""
    for part in re.split(r"(«\d»)", text):
        if re.fullmatch(r"«\d»", part):
            line = out.count("\n")
            col = len(out[out.rfind("\n") + 1:].encode("utf-16-le")) // 2
            places[int(part[1])] = (line, col)
        else:
            out += part
    return out, places


def same(got, want, what=""):
    assert got == want, "%s\n\tgot  %r\n\twant %r" % (what, got, want)


def span(r):
    return (r["start"]["line"], r["start"]["character"], r["end"]["line"], r["end"]["character"])


def labels(result):
    return [i["label"] for i in result["items"]]


HELLO = '''implement Hello;

include "sys.m";
	sys: Sys;
include "draw.m";

Hello: module
{
	init:	fn(nil: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	sys->print("hello, %s\\n", hd argv);
}
'''


# ------------------------------------------------------------ life and death

def test_initialize(p):
    c = p.start()
    r = c.initialize()
    same(r["serverInfo"]["name"], "limbols")
    caps = r["capabilities"]
    same(caps["textDocumentSync"]["change"], 1)
    assert caps["hoverProvider"] and caps["definitionProvider"] and caps["documentSymbolProvider"]
    same(caps["completionProvider"]["triggerCharacters"], [".", ">"])
    assert "positionEncoding" not in caps
    same(c.stop(), 0)


def test_exit_without_shutdown(p):
    c = p.server()
    c.notify("exit")
    same(c.wait(), 1)


def test_end_of_input(p):
    c = p.server()
    same(c.wait(), 1)


def test_order_of_requests(p):
    c = p.start()
    same(c.fail("textDocument/hover", {})["code"], -32002, "before initialize")
    c.notify("textDocument/didOpen", {"textDocument": {"uri": "file:///x.b", "text": "x"}})
    c.initialize()
    same(c.fail("initialize", {})["code"], -32600, "twice")
    same(c.fail("no/such", {})["code"], -32601)
    c.notify("$/cancelRequest", {"id": 1})
    c.notify("no/such", [])
    same(c.fail("textDocument/hover", {"textDocument": {"uri": "file:///x.b"}, "position": {"line": 0, "character": 0}})["code"],
         -32602, "not open")
    c.ask("shutdown")
    same(c.fail("textDocument/hover", {})["code"], -32600, "after shutdown")
    c.notify("exit")
    same(c.wait(), 0)


def test_options(p):
    import subprocess
    r = subprocess.run([SERVER, "-Q"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    same(r.returncode, 1)
    assert "usage: limbols" in r.stderr, r.stderr
    c = p.start("-I", MODULE, "--stdio")
    c.initialize()
    same(c.stop(), 0)


# -------------------------------------------------------------- diagnostics

def test_no_errors(p):
    c = p.server()
    u = p.uri("hello.b")
    c.open(u, HELLO)
    same(c.diagnostics(u), [])
    same(c.stop(), 0)


def test_error_appears_and_goes(p):
    c = p.server()
    u = p.uri("hello.b")
    c.open(u, HELLO)
    same(c.diagnostics(u), [])
    c.change(u, HELLO.replace("hd argv", "argu"))
    d = c.diagnostics(u)
    same(len(d), 1)
    same((d[0]["severity"], d[0]["source"]), (1, "limbo"))
    assert d[0]["message"].startswith("argu is not declared"), d
    same(span(d[0]["range"]), (14, 27, 14, 31))
    c.change(u, HELLO)
    same(c.diagnostics(u), [])
    c.change(u, HELLO + "x")
    d = c.diagnostics(u)
    assert "syntax error" in d[0]["message"], d
    c.close(u)
    same(c.diagnostics(u), [], "closing takes them away")


def test_many_errors(p):
    c = p.server()
    u = p.uri("many.b")
    c.open(u, HELLO.replace("sys->print", "a; b; c; d; e;\n\tsys->print"))
    d = c.diagnostics(u)
    same([x["message"].split()[0] for x in d], list("abcde"))
    same([x["range"]["start"]["line"] for x in d], [14] * 5)


def test_only_syntax_errors_while_there_are_some(p):
    c = p.server()
    u = p.uri("syntax.b")
    c.open(u, HELLO.replace("sys->print", "nothing(;\n\tunknown = 3;\n\tsys->print"))
    d = c.diagnostics(u)
    same(len(d), 1)
    assert "syntax error" in d[0]["message"], d


def test_warnings(p):
    text = HELLO.replace("sys->print", "x := 3;\n\tsys->print")
    c = p.server()
    u = p.uri("warn.b")
    c.open(u, text)
    same(c.diagnostics(u), [], "without -w")
    c = p.server("-w", "-I", MODULE)
    c.open(u, text)
    d = c.diagnostics(u)
    same([(x["severity"], x["message"], x["tags"]) for x in d], [(2, "local x not referenced", [1])])
    same(span(d[0]["range"]), (14, 1, 14, 2))


def test_hint(p):
    c = p.server()
    u = p.uri("hint.b")
    c.open(u, HELLO.replace('"sys.m"', '"nosuch.m"'))
    d = c.diagnostics(u)
    assert "can't include nosuch.m" in d[0]["message"] and "\nhint: " in d[0]["message"], d
    same(d[0]["range"]["start"]["line"], 2)


def test_utf16_columns(p):
    text, at = marks('implement T;\nT: module { init: fn(); };\ninit() { s := "äö𝄞"; «1»zz; }\n')
    c = p.server()
    u = p.uri("t.b")
    c.open(u, text)
    d = c.diagnostics(u)
    same(span(d[0]["range"]), (*at[1], at[1][0], at[1][1] + 2))
    same(c.stop(), 0)
    c = p.start()
    r = c.initialize({"general": {"positionEncodings": ["utf-8", "utf-16"]}})
    same(r["capabilities"]["positionEncoding"], "utf-8")
    c.open(u, text)
    same(c.diagnostics(u)[0]["range"]["start"]["character"], at[1][1] + 2 + 2, "in bytes")


def test_crlf(p):
    c = p.server()
    u = p.uri("crlf.b")
    c.open(u, HELLO.replace("hd argv", "argu").replace("\n", "\r\n"))
    same(span(c.diagnostics(u)[0]["range"]), (14, 27, 14, 31))


# ------------------------------------------------------------------ includes

USER = '''implement User;
include "other.m";
	other: Other;
User: module { init: fn(); };
init()
{
	other = load Other "other.dis";
	other->«1»serve(3);
}
'''


def test_unsaved_include(p):
    p.write("other.m", "Other: module { serve: fn(a: string); };\n")
    text, at = marks(USER)
    c = p.server()
    u, m = p.uri("user.b"), p.uri("other.m")
    c.open(u, text)
    assert "type mismatch" in c.diagnostics(u)[0]["message"]
    # the buffer has another type than the file
    c.open(m, "Other: module { serve: fn(a: int); };\n")
    same(c.diagnostics(m), [])
    same(c.diagnostics(u), [], "the buffer counts")
    same(c.at("definition", u, *at[1])["uri"], m)
    c.change(m, "\n\nOther: module { serve: fn(a: real); };\n")
    assert "type mismatch" in c.diagnostics(u)[0]["message"]
    same(c.at("definition", u, *at[1])["range"]["start"], {"line": 2, "character": 16})
    c.change(m, "\n\nOther: module { serve: fn(a: int); };\n")
    same(c.diagnostics(u), [])
    # closing it brings the file back
    c.close(m)
    same(c.diagnostics(m), [])
    assert "type mismatch" in c.diagnostics(u)[0]["message"]


def test_include_appears(p):
    text, _ = marks(USER)
    c = p.server()
    u = p.uri("user.b")
    c.open(u, text)
    assert "can't include" in c.diagnostics(u)[0]["message"]
    c.open(p.uri("other.m"), "Other: module { serve: fn(a: int); };\n")
    same(c.diagnostics(u), [])


def test_saved_file_counts(p):
    p.write("other.m", "Other: module { serve: fn(a: string); };\n")
    text, _ = marks(USER)
    c = p.server()
    u = p.uri("user.b")
    c.open(u, text)
    same(len(c.diagnostics(u)), 1)
    p.write("other.m", "Other: module { serve: fn(a: int); };\n")
    c.notify("textDocument/didSave", {"textDocument": {"uri": u}})
    same(c.diagnostics(u), [])
    p.write("other.m", "Other: module { serve: fn(a: string); };\n")
    c.notify("workspace/didChangeWatchedFiles", {"changes": []})
    same(len(c.diagnostics(u)), 1)


def test_error_in_include(p):
    path = p.write("other.m", "Other: module {\n\tserve: fn(a: nothing);\n};\n")
    text, _ = marks(USER)
    c = p.server()
    u = p.uri("user.b")
    c.open(u, text)
    d = c.diagnostics(u)[0]
    same(d["message"].split("\n")[0], "%s:2: nothing is not declared" % path)
    same(span(d["range"]), (1, 0, 1, 18), "at the include")
    r = d["relatedInformation"][0]
    same((r["location"]["uri"], span(r["location"]["range"])), (p.uri("other.m"), (1, 14, 1, 21)))


def test_interfaces_alone(p):
    """An interface is no program, and may use names that its users know."""
    c = p.server()
    u = p.uri("part.m")
    c.open(u, "Part: module {\n\tf: fn(c: ref Draw->Context): int;\n\tg: fn(a: ref int);\n};\n")
    d = c.diagnostics(u)
    same(len(d), 1)
    assert "ref int" in d[0]["message"], d
    c.change(u, "Part: module {\n\tf fn();\n};\n")
    assert "syntax error" in c.diagnostics(u)[0]["message"]
    u = p.uri("prog.b")
    c.open(u, "init() { }\n")
    assert "no implementation module" in c.diagnostics(u)[0]["message"], "a program needs one"


def test_include_directories(p):
    p.write("a b/inc.m", "Inc: module { x: con 3; };\n")
    c = p.server("-I", os.path.join(p.dir, "a b"), "-I", MODULE)
    u = p.uri("t.b")
    text, at = marks('implement T;\ninclude "«1»inc.m";\ninclude "sys.m";\nT: module { init: fn(); };\ninit() { y := Inc->«2»x; }\n')
    c.open(u, text)
    same(c.diagnostics(u), [])
    same(c.at("definition", u, *at[1])["uri"], p.uri("a b/inc.m"))
    same(c.at("definition", u, *at[2])["uri"], p.uri("a b/inc.m"))


def test_special_files_are_not_read(p):
    os.mkfifo(os.path.join(p.dir, "fifo.m"))
    os.mkdir(os.path.join(p.dir, "dir.m"))
    c = p.server()
    u = p.uri("t.b")
    for name in ("fifo.m", "dir.m", "/dev/zero", "/dev/stdin", "/proc/kcore"):
        c.open(u, 'implement T;\ninclude "%s";\nT: module { init: fn(); };\ninit() { }\n' % name)
        assert "can't include" in c.diagnostics(u)[0]["message"], name


# ---------------------------------------------------------------- definition

PROG = '''implement Prog;

include "sys.m";
	sys: Sys;
	«0»print, sprint: import sys;

Prog: module
{
	Max:	con 5;
	init:	fn();
	«1»work:	fn(n: int): (int, string);
};

# A tree of names.
Tree: adt
{
	name:	string;	# of the node
	«2»kids:	cyclic list of ref Tree;

	new:	fn(name: string): ref Tree;
	«3»depth:	fn(t: self ref Tree): int;
	pick {
	Leaf =>
		«4»value:	int;
	Inner =>
	}
};

total:	int;

init()
{
	sys = load Sys Sys->PATH;
	t := Tree.new("root");
	(«5»n, s) := work(Max);
	print("%d %s %d\\n", n, s, t.depth());
	t.kids = nil;
	total += n;
	spawn helper(total, t);
}

«6»work(n: int): (int, string)
{
	return (n, sprint("%d", n));
}

Tree.new(name: string): ref Tree
{
	return ref Tree.Leaf(name, nil, 7);
}

Tree.«7»depth(t: self ref Tree): int
{
	pick l := t {
	Leaf =>
		return l.value;
	}
	m := 0;
	for(k := t.kids; k != nil; k = tl k)
		m += (hd k).depth();
	return m;
}

helper(«8»total: int, nil: ref Tree)
{
	{
		raise "fail: x";
	} exception e {
	"fail:*" =>
		print("%s %d\\n", e, total);
	}
}
'''


def position(text, what, nth=1, off=0):
    """Line and column of the nth occurrence of a text."""
    i = -1
    for _ in range(nth):
        i = text.index(what, i + 1)
    i += off
    line = text.count("\n", 0, i)
    return line, i - (text.rfind("\n", 0, i) + 1)


def prog(p):
    text, at = marks(PROG)
    c = p.server()
    u = p.uri("prog.b")
    c.open(u, text)
    same(c.diagnostics(u), [])
    return c, u, text, at


def test_definition(p):
    c, u, text, at = prog(p)

    def goes(what, nth, to, off=0):
        r = c.at("definition", u, *position(text, what, nth, off))
        assert r is not None, (what, nth)
        same((r["uri"], span(r["range"])[:2]), (u, at[to]), (what, nth))

    goes("work(Max", 1, 6)              # a function: its body
    goes("work(n: int): (int, string)\n{", 1, 1)  # the body: the interface
    goes("work:", 1, 6)                 # the interface: the body
    goes("t.depth", 1, 7, 2)
    goes("depth()", 2, 7)
    goes("depth:", 1, 7)
    goes("Tree.depth(", 1, 3, 5)
    goes("n, s, t.depth", 1, 5)
    goes("l.value", 1, 4, 2)
    goes("t.kids", 2, 2, 2)
    goes("e, total", 1, 8, 3)           # the argument hides the variable
    r = c.at("definition", u, *position(text, "sprint(\"", 1))
    same(r["uri"], file_uri(MODULE + "/sys.m"))
    r = c.at("definition", u, *position(text, "Tree.new(\"", 1))
    same(span(r["range"])[:2], position(text, "Tree: adt"))
    same(c.at("definition", u, *position(text, "for(k")), None)
    same(c.at("definition", u, 0, 3), None)
    same(c.at("definition", u, 100000, 100000), None)
    same(c.at("definition", u, *position(text, '"%d %s')), None)


def test_hover(p):
    c, u, text, at = prog(p)

    def shows(what, nth, want, off=0):
        r = c.at("hover", u, *position(text, what, nth, off))
        assert r is not None, (what, nth)
        v = r["contents"]["value"]
        same(v.startswith("```limbo\n"), True)
        assert want in v, "%s: %r is not in %r" % (what, want, v)

    shows("n, s, t.depth", 1, "n: int")
    shows("t.depth", 1, "Tree.depth: fn(t: self ref Tree): int", 2)
    shows("print(\"%d", 1, "Sys->print: fn(s: string, *): int")
    shows("Max)", 1, "Prog->Max: con 5")
    shows("value;", 1, "value: int")
    shows("l.value", 1, "l: ref Tree.Leaf")
    shows("name:", 1, "of the node")
    shows("Tree.Leaf(", 1, "cyclic list of ref Tree")
    shows("Tree.Leaf(", 1, "A tree of names")
    shows("e, total", 1, "e: string")
    shows("PATH", 1, "Sys->PATH: con \"$Sys\"")
    shows("Sys->PATH", 1, "Sys: module")
    shows("k = tl", 1, "k: list of ref Tree")
    r = c.at("hover", u, *position(text, "total += n"))
    same(span(r["range"]), (*position(text, "total += n"), *position(text, "total += n", off=5)))
    same(c.at("hover", u, *position(text, "raise")), None)
    c2 = p.start()
    c2.initialize({})
    c2.open(u, text)
    v = c2.at("hover", u, *position(text, "n, s, t.depth"))["contents"]
    same(v, {"kind": "plaintext", "value": "n: int"})


def test_hover_while_typing(p):
    c, u, text, at = prog(p)
    broken = text.replace("total += n;", "total += n;\n\tif(total == (\n").replace("Max:	con 5;", "Max:	con 5;\n\tBad: fn(;")
    c.change(u, broken)
    assert c.diagnostics(u)
    r = c.at("hover", u, *position(broken, "work(Max"))
    assert "work: fn(n: int): (int, string)" in r["contents"]["value"], r
    # the module is gone altogether
    broken = text.replace("Prog: module", "Prag: module")
    c.change(u, broken)
    assert "no definition for implementation module Prog" in c.diagnostics(u)[0]["message"]
    r = c.at("hover", u, *position(broken, "t.depth", 1, 2))
    assert "Tree.depth" in r["contents"]["value"], r
    # the include is
    broken = text.replace('"sys.m"', '"syss.m"')
    c.change(u, broken)
    assert "can't include" in c.diagnostics(u)[0]["message"]
    r = c.at("hover", u, *position(broken, "t.depth", 1, 2))
    assert "Tree.depth" in r["contents"]["value"], r


def test_unused_things_are_known(p):
    c = p.server()
    u = p.uri("t.b")
    text, at = marks('''implement T;
T: module { init: fn(); };
Used: adt { a: int; };
Unused: adt { u: ref «1»Used; f: fn(x: «2»Used); };
Mod: module { g: fn(u: «3»Used); };
init() { }
''')
    c.open(u, text)
    for m in (1, 2, 3):
        r = c.at("definition", u, *at[m])
        same(span(r["range"]), (2, 0, 2, 4), m)


def test_references(p):
    c, u, text, at = prog(p)
    r = c.at("references", u, *position(text, "depth()"), context={"includeDeclaration": True})
    same([span(x["range"])[:2] for x in r],
         [position(text, "depth:"), position(text, "depth()"), position(text, "depth(t: self ref Tree): int\n{"),
          position(text, "depth()", 2)])
    r = c.at("references", u, *position(text, "k := t.kids"), context={"includeDeclaration": False})
    same(len(r), 4)
    r = c.at("documentHighlight", u, *position(text, "l.value"))
    same([span(x["range"])[:2] for x in r], [position(text, "l := t"), position(text, "l.value")])
    same(c.at("documentHighlight", u, 0, 0), [])


def test_symbols(p):
    c, u, text, at = prog(p)
    s = c.ask("textDocument/documentSymbol", {"textDocument": {"uri": u}})
    same([x["name"] for x in s], ["sys", "Prog", "Tree", "total", "init", "work", "Tree.new", "Tree.depth", "helper"])
    tree = s[2]
    same([x["name"] for x in tree["children"]], ["name", "kids", "new", "depth", "Leaf", "Inner"])
    same([x["name"] for x in tree["children"][4]["children"]], ["value"])
    same([(x["kind"], x["detail"]) for x in s[1]["children"]],
         [(14, "con 5"), (12, "fn()"), (12, "fn(n: int): (int, string)")])
    same((s[4]["range"]["start"]["line"], s[4]["range"]["end"]["line"]),
         (position(text, "init()\n")[0], position(text, "spawn")[0] + 1))

    def inside(list):
        for x in list:
            a, b = span(x["range"]), span(x["selectionRange"])
            assert a[:2] <= b[:2] and b[2:] <= a[2:], x
            inside(x.get("children", []))
    inside(s)
    c2 = p.start()
    c2.initialize({})
    c2.open(u, text)
    s = c2.ask("textDocument/documentSymbol", {"textDocument": {"uri": u}})
    same([(x["name"], x.get("containerName")) for x in s][:6],
         [("sys", None), ("Prog", None), ("Max", "Prog"), ("init", "Prog"), ("work", "Prog"), ("Tree", None)])
    same(s[0]["location"]["uri"], u)


def test_symbols_of_constants_and_patterns(p):
    c = p.server()
    u = p.uri("t.b")
    c.open(u, 'implement T;\nT: module { init: fn(); };\nA, B, C: con iota;\nx := 3;\n(y, z) := (1, "a");\n'
           'E: exception(int, string);\nF: type array of int;\ninit() { }\n')
    s = c.ask("textDocument/documentSymbol", {"textDocument": {"uri": u}})
    same([(x["name"], x.get("detail")) for x in s],
         [("T", "module"), ("A", "con 0"), ("B", "con 1"), ("C", "con 2"), ("x", "int"), ("y", "int"), ("z", "string"),
          ("E", "exception(int, string)"), ("F", "type array of int"), ("init", "fn()")])


# ---------------------------------------------------------------- completion

def complete(p, text, **context):
    """The names offered at «1»."""
    text, at = marks(text)
    c = p.server()
    u = p.uri("c.b")
    c.open(u, text)
    r = c.at("completion", u, *at[1], **({"context": context} if context else {}))
    same(c.stop(), 0)
    return None if r is None else r["items"]


def names(items):
    return [i["label"] for i in items]


def body(s, more=""):
    return PROG.split("«0»")[0] + "print, sprint: import sys;\n" + re.sub(r"«\d»", "", PROG.split("«0»print, sprint: import sys;")[1]) \
        .replace("\ttotal += n;\n", "\t" + s + "\n") + more


def test_complete_module(p):
    for s in ("sys->«1»", "sys->pr«1»", "sys->pr«1»int", "sys->«1»;", "x := sys->«1»", "print(\"\", sys->«1»", "foo(sys->«1»)",
              "if(sys->«1»", "while(n == sys->«1»", "for(i := 0; i < sys->«1»", "for(i := sys->«1»; i < 3; i++)", "return sys->«1»",
              "t.name = sys->«1»", "a := array[] of {1, sys->«1»", "case sys->«1»", "(a, b) := sys->«1»", "spawn sys->«1»",
              "{ sys->«1»", "(sys->«1»", "if(n) ; else sys->«1»", "a = b = sys->«1»\n\t\ny = 3;", "raise sys->«1»"):
        items = complete(p, body(s))
        n = names(items)
        assert "print" in n and "PATH" in n and "FD" in n and "total" not in n, (s, n[:10])
    it = {i["label"]: i for i in items}
    same((it["sprint"]["kind"], it["sprint"]["detail"]), (3, "Sys->sprint: fn(s: string, *): string"))
    same(it["OREAD"]["kind"], 21)


def test_complete_interface(p):
    """After a module type there are no functions: they need the loaded module."""
    n = names(complete(p, body("x := Sys->«1»;")))
    assert "PATH" in n and "OREAD" in n and "print" not in n, n


def test_complete_members(p):
    n = names(complete(p, body("t.«1»")))
    same(n, ["name", "kids", "new", "depth"])
    n = names(complete(p, body("Tree.«1»")))
    same(n, ["new", "depth", "Leaf", "Inner"])
    n = names(complete(p, body("x := ref Tree.«1»")))
    assert "Leaf" in n and "name" not in n, n
    n = names(complete(p, body("pick y := t {\n\tLeaf => y.«1»\n\t}")))
    same(n, ["value", "name", "kids", "new", "depth"])
    n = names(complete(p, body("pick y := t {\n\t«1» => ;\n\t}")))
    assert "Leaf" in n and "Inner" in n, n
    n = names(complete(p, body("(hd t.kids).«1»")))
    same(n, ["name", "kids", "new", "depth"])
    n = names(complete(p, body("(1, \"a\").«1»")))
    same(n, ["t0", "t1"])
    same(complete(p, body("n.«1»")), [], "an int has no members")


def test_complete_scope(p):
    items = complete(p, body("to«1»"))
    n = names(items)
    for w in ("total", "n", "s", "t", "work", "helper", "Tree", "Sys", "sys", "print", "Max", "while", "nil"):
        assert w in n, w
    same(len(n), len(set(n)), "each once")
    assert "limbols" not in " ".join(n)
    n = names(complete(p, re.sub(r"«\d»", "", PROG).replace("m := 0;", "m := «1»;")))
    assert "t" in n and "total" in n and "k" not in n and "l" not in n, n
    n = names(complete(p, body("x: ref «1»")))
    assert "Tree" in n
    n = names(complete(p, body("x: Sys->«1»;")))
    assert "FD" in n and "print" not in n and "PATH" not in n, n


def test_complete_elsewhere(p):
    text = re.sub(r"«\d»", "", PROG)
    n = names(complete(p, text.replace("name:	string;", "name:	string;\n\tfd: ref Sys->«1»;")))
    assert "FD" in n and "print" not in n, n
    n = names(complete(p, text.replace("print, sprint: import sys", "print, sp«1»: import sys")))
    assert "fprint" in n and "total" not in n, n
    n = names(complete(p, text + "\nfoo(a: ref Sys->«1»"))
    assert "FD" in n, n
    n = names(complete(p, text.replace("\nhelper(", "\n«1»\n\nhelper(")))
    assert "include" in n and "Tree" in n, n
    n = names(complete(p, text.replace("Max:	con 5;", "Max:	con 5;\n\tc: Tr«1»;")))
    assert "Tree" in n, n
    same(complete(p, text.replace("A tree of", "A tree sys->«1» of")), None, "in a comment")
    same(complete(p, text.replace("%d %s", "%d sys->«1»%s")), None, "in a string")
    same(complete(p, body("x := 12«1»")), None, "in a number")


def test_complete_triggers(p):
    same(complete(p, body("if(n >«1»"), triggerKind=2, triggerCharacter=">"), None)
    n = names(complete(p, body("sys->«1»"), triggerKind=2, triggerCharacter=">"))
    assert "print" in n


def test_complete_includes(p):
    p.write("mine.m", "Mine: module { };\n")
    p.write("mine.b", "\n")
    p.write("sub/deep.m", "\n")
    n = names(complete(p, 'implement T;\ninclude "m«1»'))
    assert "mine.m" in n and "sys.m" in n and "sub" in n and "mine.b" not in n, n
    same(names(complete(p, 'implement T;\ninclude "sub/«1»";\n')), ["deep.m"])


def test_complete_in_an_empty_program(p):
    n = names(complete(p, "«1»"))
    assert "implement" in n
    n = names(complete(p, "implement T;\ninclude \"sys.m\";\ninit()\n{\n\tsys := load Sys Sys->«1»\n}\n"))
    assert "PATH" in n, n


def test_complete_polymorphic(p):
    text = '''implement T;
T: module { init: fn(); };
Box: adt[T] { v: T; next: cyclic ref Box[T]; get: fn(b: self ref Box[T]): T; };
Box[T].get(b: self ref Box[T]): T { return b.v; }
init() { b := ref Box[string]("a", nil); b.«1» }
'''
    same(names(complete(p, text)), ["v", "next", "get"])


# ---------------------------------------------------------------- robustness

def test_bad_headers(p):
    c = p.server()
    for junk in (b"\r\n", b"rubbish\r\n", b"Content-Length: x\r\n\r\n", b"Content-Length: -5\r\n\r\n", b"Content-Length:\r\n\r\n",
                 b"Content-Type: text/plain\r\n\r\n", b"\x00\xff\xfe\n", b"A" * 100000 + b"\r\n",
                 b"Content-Length: 99999999999999999999999999\r\n\r\n", b"content-length: 2\n\n{}"):
        c.raw(junk)
    u = p.uri("a.b")
    c.open(u, HELLO)
    same(c.diagnostics(u), [])
    same(c.stop(), 0)


def test_header_case_and_order(p):
    c = p.server()
    body = json.dumps({"jsonrpc": "2.0", "id": "abc", "method": "shutdown"}).encode()
    c.raw(b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nCONTENT-LENGTH:%d  \r\n\r\n" % len(body) + body)
    same(c.answer("abc")["result"], None)


def test_bad_json(p):
    c = p.server()
    for body, code in ((b"{", -32700), (b"", -32700), (b"\xff\xfe", -32700), (b"[1]", -32600), (b"17", -32600), (b'"x"', -32600),
                       (b'{"id": 1} x', -32700), (b"[" * 100000, -32700), (b'{"a":' * 5000 + b"1" + b"}" * 5000, -32700),
                       (b"\0" * 10, -32700), (b'{"id":"\xc3"}', -32700)):
        c.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        m = c.receive()
        same((m["id"], m["error"]["code"]), (None, code), body[:20])
    body = b'{"id": 77}'
    c.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    same(c.receive()["error"]["code"], -32600)
    body = b'  {"jsonrpc": "2.0", "id": 78, "method": "shutdown"}\r\n '
    c.raw(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    same(c.answer(78)["result"], None)


def test_too_large(p):
    c = p.server()
    n = (128 << 20) + 1
    c.raw(b"Content-Length: %d\r\n\r\n" % n)
    block = b"x" * (1 << 20)
    while n > 0:
        k = min(n, len(block))
        c.raw(block[:k])
        n -= k
    same(c.receive()["error"]["code"], -32600)
    same(c.stop(), 0)


def test_bad_parameters(p):
    c = p.server()
    u = p.uri("hello.b")
    c.open(u, HELLO)
    for params in (None, [], 3, {}, {"textDocument": 3}, {"textDocument": {"uri": 3}, "position": 4},
                   {"textDocument": {"uri": u}}, {"textDocument": {"uri": u}, "position": {"line": -1, "character": 0}},
                   {"textDocument": {"uri": u}, "position": {"line": "a", "character": None}}):
        for method in ("hover", "definition", "completion", "references", "documentHighlight"):
            same(c.fail("textDocument/" + method, params)["code"], -32602, (method, params))
        for method in ("didOpen", "didChange", "didClose", "didSave"):
            if method == "didClose" and isinstance(params, dict) and isinstance(params.get("textDocument"), dict):
                continue
            c.notify("textDocument/" + method, params)
    c.notify("textDocument/didChange", {"textDocument": {"uri": u, "version": "x"}, "contentChanges": [3, None, {"text": 5}]})
    c.notify("textDocument/didChange", {"textDocument": {"uri": u}, "contentChanges": []})
    big = 1 << 62
    same(c.at("hover", u, big, big), None)
    same(c.at("hover", u, 3, big), None)
    same(c.stop(), 0)


def test_odd_texts(p):
    c = p.server()
    u = p.uri("odd.b")
    c.open(u, "")
    texts = ["", "\n", "\0", "implement", "implement T", "implement T;", '"', "'", "`", "#", "{", "}", "(" * 5000, "{" * 5000,
             "implement T; T: module {", "\ufeff" + HELLO, HELLO.replace("hello", "h\0llo"), HELLO * 3, "a\r\rb",
             "implement T;\ninclude \"odd.b\";\n", "implement T;\n#line 5 \"x.y\"\nfoo", "€" * 1000, "𝄞" * 1000 + "\nT",
             "implement T; T: module { T: module { T: adt { pick { T => T: T; } }; }; };"]
    for t in texts:
        c.change(u, t)
        c.diagnostics(u)
        lines = t.split("\n")
        for line in (0, len(lines) - 1):
            for col in (0, len(lines[line])):
                c.at("completion", u, line, col)
                c.at("hover", u, line, col)
                c.at("definition", u, line, col)
        c.ask("textDocument/documentSymbol", {"textDocument": {"uri": u}})
    same(c.stop(), 0)


def test_odd_names(p):
    c = p.server()
    for u in ("untitled:Untitled-1", "", "file://", "file://host", "file:///%zz%00%41.b", "file:///" + "d/" * 5000 + "x.b", "x" * 100000,
              "file:///../../x.b", "git:/x.b?y"):
        c.open(u, HELLO.replace("hd argv", "argu"))
        d = c.diagnostics(u)
        assert "argu is not declared" in d[-1]["message"], (u[:50], d)
        assert c.at("hover", u, 13, 2) is not None, u[:50]
        c.close(u)
        same(c.diagnostics(u), [])
    same(c.stop(), 0)


def test_large_document(p):
    c = p.server()
    u = p.uri("large.b")
    fns = "".join("f%d(a: int): int\n{\n\tif(a > %d)\n\t\treturn f%d(a - 1);\n\treturn a;\n}\n\n" % (i, i, max(i - 1, 0))
                  for i in range(20000))
    text = "implement T;\nT: module { init: fn(); };\ninit() { f0(1); }\n" + fns
    c.open(u, text)
    same(c.diagnostics(u, 120), [])
    line = text.count("\n") - 4
    r = c.at("hover", u, line, 10)
    assert "f19998" in r["contents"]["value"], r
    c.change(u, text + "x" * (8 << 20))
    assert c.diagnostics(u, 120)
    same(c.stop(), 0)


def test_typing(p):
    """Every prefix of a program, character by character for a part of it, as if it were being typed."""
    text, _ = marks(PROG)
    c = p.server()
    u = p.uri("typing.b")
    c.open(u, "")
    for i in range(1, len(text), 3):
        t = text[:i]
        c.change(u, t)
        line = t.count("\n")
        col = len(t) - (t.rfind("\n") + 1)
        c.at("completion", u, line, col)
        if i % 15 == 1:
            c.at("hover", u, line, max(col - 1, 0))
            c.ask("textDocument/documentSymbol", {"textDocument": {"uri": u}})
    c.change(u, text)
    same(c.diagnostics(u), [])
    same(c.stop(), 0)


def corpus():
    files = []
    for top in ("appl/cmd", "appl/lib", "tests/conformance", "tests/limbo"):
        for d, _, fs in os.walk(os.path.join(ROOT, top)):
            files += [os.path.join(d, f) for f in fs if f.endswith(".b")]
    files.sort()
    return files


def test_mutilated_programs(p):
    """Pieces of programs cut out, doubled and exchanged: there is always an answer."""
    rnd = random.Random(7)
    files = corpus()
    assert len(files) > 10
    words = ["{", "}", "(", ")", ";", ":", "=>", ".", "->", "pick", "adt", "module", "case", "alt", "fn", "con", "ref", "import",
             "exception", "[", "]", "type", "iota", "self", "cyclic", "implement", "include", "nil", "load", ":=", "::", "or", "to"]
    c = p.server("-w", "-w", "-I", MODULE)
    u = p.uri("mutant.b")
    c.open(u, "")
    for n in range(int(os.environ.get("LIMBOLS_MUTANTS", "150"))):
        with open(rnd.choice(files), encoding="utf-8", errors="replace") as f:
            t = f.read(40000)
        for _ in range(rnd.randint(1, 6)):
            i = rnd.randrange(len(t) + 1)
            j = min(len(t), i + rnd.choice((1, 3, 20, 200)))
            k = rnd.randrange(4)
            if k == 0:
                t = t[:i] + t[j:]
            elif k == 1:
                t = t[:i] + " " + rnd.choice(words) + " " + t[i:]
            elif k == 2:
                t = t[:i] + t[i:j] + t[i:]
            else:
                w = re.findall(r"\w+", t)
                if w:
                    t = t[:i] + rnd.choice(w) + t[j:]
        c.change(u, t)
        lines = t.split("\n")
        try:
            for method in ("completion", "hover", "definition", "documentHighlight"):
                line = rnd.randrange(len(lines))
                c.at(method, u, line, rnd.randrange(len(lines[line]) + 1))
            c.ask("textDocument/documentSymbol", {"textDocument": {"uri": u}})
        except (AssertionError, Timeout):
            with open("/tmp/limbols.mutant.b", "w", encoding="utf-8") as f:
                f.write(t)
            raise
    same(c.stop(), 0)


def test_many_documents(p):
    c = p.server()
    for i in range(60):
        c.open(p.uri("d%d.b" % i), HELLO.replace("hello", "hello %d" % i))
    for i in range(60):
        same(c.diagnostics(p.uri("d%d.b" % i)), [])
        assert c.at("hover", p.uri("d%d.b" % i), 13, 2)
    same(c.stop(), 0)


def test_all_of_the_programs(p):
    """Every program of the system that compiles has no diagnostics, and something to say about each of its names."""
    c = p.server()
    for f in corpus()[::7]:
        if "/appl/cmd/" not in f:
            continue
        with open(f, encoding="utf-8") as h:
            text = h.read()
        if not text.lstrip().startswith("implement"):
            continue
        u = file_uri(f)
        c.open(u, text)
        d = c.diagnostics(u)
        s = c.ask("textDocument/documentSymbol", {"textDocument": {"uri": u}})
        assert s, f
        if not d:
            fns = [x for x in s if x["kind"] == 12 and "." not in x["name"]]
            assert fns or ".inc\"" in text, f  # unless all of them are in what it includes
            for x in fns:
                r = c.at("hover", u, x["range"]["start"]["line"], 1)
                assert x["name"] + ": fn(" in r["contents"]["value"], (f, r)
        c.close(u)
    same(c.stop(), 0)


def main():
    verbose = "-v" in sys.argv[2:]
    pats = [a for a in sys.argv[2:] if not a.startswith("-")]
    passed = failed = 0
    for name, fn in list(globals().items()):
        if not name.startswith("test_") or (pats and not any(fnmatch.fnmatch(name[5:], x) for x in pats)):
            continue
        try:
            with Place() as p:
                fn(p)
            passed += 1
            if verbose:
                print("ok  ", name[5:], flush=True)
        except Exception:
            failed += 1
            print("FAIL %s: %s" % (name[5:], traceback.format_exc()), flush=True)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
