load std
tiny/sh -c 'echo a ''b  c'' | wc -w >n; cat <n; echo more >>n; cat n # end'
echo 'cd /tmp; pwd
ls nosuch
echo 1;echo 2;;' >s
tiny/sh s; echo $status
echo 'pwd; cat
what the command reads' | tiny/sh
tiny/sh -c 'cat nosuch | cat'; echo $status; tiny/sh -c 'echo x | ls nosuch'; echo $status; tiny/sh -c 'zeros 1000 | echo x'; echo $status
tiny/sh -c 'sleep 100 &'; tiny/sh -c 'zeros 100000 100 | wc -c'
for c in '|' 'a | ; b' '< ' '>x' 'echo ''x' nosuch 'cat <nosuch' 'echo x >/nosuch/x' { tiny/sh -c $c; echo '['^$status^']' }
tiny/sh nosuch; echo $status; tiny/sh -x; tiny/sh -c
tiny/sh -c 'exit; echo no'; echo -n 'echo no newline' | tiny/sh
>a; mkdir d; tiny/rm a d nosuch; echo $status; ls
tiny/rm; tiny/kill; tiny/broke x
sh -c 'sleep 100 & echo $apid' >pid; p=`{cat pid}
ftest -e /prog/$p/ctl; tiny/kill $p; sleep 1; ftest -e /prog/$p/ctl; echo $status
tiny/kill 99999; echo $status
echo 'implement P; include "sys.m"; include "draw.m"; P: module { init: fn(nil: ref Draw->Context, nil: list of string); };
init(nil: ref Draw->Context, nil: list of string) { l: list of int; l = tl l; }' >p.b; limbo p.b
sh -c './p &'; sleep 2; ps | grep broken | wc -l; tiny/broke; echo '['^$status^']'; ps | grep broken
