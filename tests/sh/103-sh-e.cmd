sh -e /tmp/s
