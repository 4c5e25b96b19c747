sh -x /tmp/s
