load std
echo hello | tee >{sed 's/^/x/' >f} >/dev/null
while {! ftest -s f} {sleep 1}
cat f
fn show {cat $*}
show <{echo one} <{echo two}
