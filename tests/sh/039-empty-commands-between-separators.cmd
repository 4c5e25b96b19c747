{sh /tmp/s | sort}
