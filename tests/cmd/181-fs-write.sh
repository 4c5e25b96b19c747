load std
mkdir -p a/b/c a/e; echo one >a/1; >a/b/empty; echo deep >'a/b/c/d e'; zeros -v 7 100000 1 >a/b/zeros; touch -t 1000000000 a/b/zeros a/e a/b; chmod 500 a/b; chmod 640 a/1
fs write x {walk a}; echo $status; du -an a x; cmp a/b/zeros x/b/zeros; cat 'x/b/c/d e' x/1; fs filter {mode 640} x
ls -ld x/b x/b/c x/1 x/b/zeros x/e | sed 's/ M .* memfs//;s/ ... .. ..:../ NOW/'
echo changed >>a/1; echo more >x/more; fs {walk a | filter {match 1} | write -v x}; echo $status; cat x/1 x/more
chmod 600 x/1; >x/1; fs write -u x a; cat x/1
fs write a a; echo $status; fs write a/e/new a; echo $status; du -an a; chmod 700 a/e/new/b; rm -r a/e/new
mkdir y y/1; echo file >y/b; fs write y a; echo $status; du -an y
fs write a/1 {walk x}; echo $status; fs write nosuch/x a; echo $status
bind x x/e; fs walk x >/dev/null; echo $status; unmount x/e; bind a x/e; fs {walk x | size}; unmount x/e
fs write /dev/null a; fs write /dev a; echo $status
chmod +a a/1; mkdir t; mount -A {export a} t; fs {walk t | write z}; du -an z; fs select {mode a} z; unmount t
