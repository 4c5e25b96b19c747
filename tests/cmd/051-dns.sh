ndb/dns
ndb/dnsquery 127.0.0.1 'foo bar'
echo -n 'x y' >/net/dns
