#!/dis/sh -n
# the registry of services, and its place on the network; see svc(8)
load std
or {ftest -e /net/cs} {ndb/cs}
or {ftest -e /mnt/registry/new} {
	db=()
	and {ftest -f /lib/ndb/registry} {db=(-f /lib/ndb/registry)}
	mount -A -c {ndb/registry $db} /mnt/registry
}
listen -v 'tcp!*!registry' {export /mnt/registry&}
