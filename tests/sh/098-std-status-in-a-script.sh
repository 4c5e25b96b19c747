load std
fn f {status inner}
f; echo $status
{f} >/dev/null; echo $status
@ {f}; echo $status
status a b; echo $status
status; echo '['^$"status^']'
status last
