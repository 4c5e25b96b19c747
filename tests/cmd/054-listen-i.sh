listen -i {ftest -f $net/ctl; echo '['^$"status^']'} -A 'tcp!127.0.0.1!0' {cat}
