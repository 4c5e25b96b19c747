#!/dis/sh -n
# the services of a system on a network; see svc(8)
load std
or {ftest -e /net/dns} {ftest -e /env/emuhost} {ndb/dns}
or {ftest -e /net/cs} {ndb/cs}
svc/registry
svc/styx
