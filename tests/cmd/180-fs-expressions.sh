load std
mkdir -p a/b/c a/e; echo one >a/1; echo two >'a/it''s 2'; echo deep >a/b/c/d
fs walk a; fs {walk a/./b/}; fs print {entries {walk a/b}}
fs {walk a | entries |
	print}
fs 'print {walk ''a/b''}'; fs '{{{walk a/e}}}'; cd a; fs walk .; cd ..
fs -p walk a; fs -p {entries a}; fs -p {depth 1}; fs -p eval x; fs -P walk filter merge; fs -P nosuch; echo $status
fs {run {echo a/b}}; fs walk {run 'echo a/b'}; echo a/e >name; fs {readfile name | walk}; fs readfile name; echo hello >text; fs echo {readfile text}
fs eval 'print {walk a/e}'; fs {eval {readfile name}}; echo $status; fs filter {eval 'match d'} a/b
x=a; l=(a a/b); b={match d}; fs {walk $x/b}; fs {walk $l}; fs {filter $b a/b}; fs filter $b a/b; fs {walk `{echo a/e}}; fs walk '$x'; echo $status
fs nosuch; echo $status
fs entries {depth 1}; echo $status
fs {walk a | depth 1}; fs write a {walk b}  c; echo $status
fs filter a {match x}; fs filter -q {match x} a; fs merge -c; fs merge a; fs and; fs {walk a > x}; fs {walk a; walk a}; fs {walk a &}; fs {walk a >[2=1] | print}; fs {walk a |[2] print}
fs ''; fs '{'; fs 'walk ''a'; fs 'walk a}'; fs {$x}; echo $status
fs match -r '('; fs filter {match -r '('} a; echo $status; fs filter {depth -1} a; fs filter {mode u+q} a; fs filter {mode ''} a; fs merge -c {compose AnearB} a a; fs readfile nosuch; fs run {raise bad}; fs echo {run {load std; raise bad}}; echo $status
zeros -v 61 100000 11 >long; fs echo {readfile long}; fs echo {run {cat long}}; echo $status
fs walk nosuch name; fs walk nosuch; echo $status; fs walk name; echo $status; fs size {merge nosuch a/b}; echo $status
fs walk a | sed 1q; fs walk nosuch | sed 1q; sleep 1; ps | sed -n '/Fs$/p'
fs; fs -x; echo $status
