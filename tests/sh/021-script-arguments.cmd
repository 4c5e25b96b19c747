sh /tmp/s one two three
