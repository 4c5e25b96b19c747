#!/dis/sh -n
# file service; see svc(8)
load std
or {ftest -e /net/cs} {ndb/cs}
listen -v 'tcp!*!styx' {export /&}
