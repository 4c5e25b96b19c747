load std
fn f {echo f $*}
sh -c 'load std; f a'
env | sed -n '/^fn-f/p'
