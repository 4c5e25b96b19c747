ndb/cs
ndb/csquery 'tcp!127.0.0.1!styx' 'net!127.0.0.1!6666' 'tcp!*!echo' 'tcp!127.0.0.1!nosuchsvc' 'foo!bar!baz' 'tcp!x' nothing 'udp!*!dns' 'tcp!$nosuch!1' 'tcp!*!0'
ndb/csquery '! tcp=styx' '!tcp=styx port=*' '!foo=bar' '!'
echo -n 'tcp!1.2.3.4!80' >/net/cs
echo -n refresh >/net/cs; echo '['^$"status^']'
echo -n bad >/net/cs
