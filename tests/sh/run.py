#!/usr/bin/env python3
"""Run the tests of the shell, as tests/probes.py says.

NAME.cmd, if there is one, is the command that runs the script, which then is /tmp/s; the usual one is `sh /tmp/s'. A test runs
in an empty directory /tmp/w, in an emulator of its own.
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True
import probes  # noqa: E402


def normal(text):
    """Without what comes from the kernel and the file server: the name in front of `does not
    exist', and process ids."""
    text = re.sub(r"'[^'\n]*' (file )?does not exist", "does not exist", text)
    return re.sub(r'^sh: \d+ "', 'sh: N "', text, flags=re.M)


def command(name, tmp):
    path = os.path.join(HERE, name + ".cmd")
    run = open(path).read().strip() if os.path.exists(path) else "sh /tmp/s"
    return (
        "prompt=()\n"  # the emulator takes it away when there is no terminal
        f"bind -c '#U*{tmp}' /tmp\n"
        "cd /tmp/w\n"
        f"{{{run}}} >[2=1] </tmp/empty\n"
        "echo '['^$\"status^']'\n"
        "echo -n halt >/dev/sysctl\n"
    )


probes.main(HERE, command, normal)
