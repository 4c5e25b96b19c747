sh /tmp/s -ab x
