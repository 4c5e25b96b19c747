#!/usr/bin/env python3
"""Run the tests of the commands, as tests/probes.py says. A test runs in the empty directory /tmp/w of a memory file system, in an
emulator of its own.
"""
import getpass
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True
import probes  # noqa: E402


def normal(text):
    """Without what comes from the kernel or the host: the name in front of `does not exist', the
    user, the number of the mount, blanks that go with their widths."""
    text = re.sub(r"'[^'\n]*' (file )?does not exist", "does not exist", text)
    text = re.sub(r"\b%s memfs" % re.escape(getpass.getuser()), "root memfs", text)
    return re.sub(r" M \d+ ", " M N ", text)


def command(_, tmp):
    return (
        "memfs /tmp; mkdir /tmp/w\n"
        f"bind '#U*{tmp}' /n/local\n"
        "cp /n/local/s /tmp/s; >/tmp/empty; unmount /n/local\n"
        "cd /tmp/w\n"
        "{sh /tmp/s} >[2=1] </tmp/empty\n"
        "echo '['^$\"status^']'\n"
        "echo -n halt >/dev/sysctl\n"
    )


probes.main(HERE, command, normal)
