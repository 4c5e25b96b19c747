{load std} >/dev/null
if {} {echo loaded}
x=`{fn f {echo in f}}
f
load std | cat
{x=(); unload std} >/dev/null
if {} {echo not reached}
