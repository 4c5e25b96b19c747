ndb/csquery x
echo $status
ndb/dnsquery x
echo $status
