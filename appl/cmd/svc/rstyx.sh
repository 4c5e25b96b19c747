#!/dis/sh -n
# remote execution; see svc(8)
load std
or {ftest -e /net/cs} {ndb/cs}
listen 'tcp!*!rstyx' {runas $user auxi/rstyxd&}
