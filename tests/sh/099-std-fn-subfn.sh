load std
fn a b {echo $0 $*}
b x
fn a
a
subfn h {result=(x $* y)}
echo ${h 1 2}
subfn k {echo side; result=}
x=${k}
echo $#x
fn
