load std expr
user=`{cat /dev/user}
fn k {disk/kfscmd $*; echo '['^$"status^']'}
fn meta {ls -l $* | sed 's/[A-Z]+ [0-9]+ //;s/ [0-9]+ [A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]+ / DATE /;s/'$user' '$user'/USER USER/'}
mkdir n m o p
k sync
disk/kfs -r -n 900 -b 1024 fs n
ls /chan/kfs*
k sync help
k stats | sed 2q
echo files
k 'create /a sys adm 640' 'create /d joe joe 775 d' 'create d/f joe sys 600 al' 'create ''/d/two words'' joe joe 666'
meta n; meta n/d
k 'create /a x y 600' 'create /no/a x y 600' 'create /a/b x y 600' 'create /b x y 999' 'create /b x y 600 z' 'create /b x' 'create /b abcdefghijklmnopqrstuvwxyz y 600' 'create / x y 600'
k 'rename /a b' 'rename d/f g' 'rename /d/g g/h' 'rename /d/g ''two words''' 'rename / r' 'rename /nosuch a' 'rename d'
k 'newuser ann' 'newuser bob' 'newuser ann' 'newuser a/b'
meta n; meta n/usr n/d
k 'remove /usr/ann /usr/bob' 'remove /usr /usr' 'remove /d' 'remove /' 'remove'
echo permissions
cp /tmp/empty n/b
k allow; echo hello >n/b; cat n/b; k stats | grep perm
k disallow; cat n/b
k atime; touch -t 1000 n/d; k atime
k users | sed 's/^'$user'$/USER/'
k noattach; k noattach
k '' zz 'check z' 'halt now'
echo check
echo x >n/x; mkdir n/e; echo y >n/e/y; rm n/x
k check 'check p' 'check P' 'check r' 'check q' 'check qrPf'
disk/kfscheck fs
# block 2: of the root; 3: of one; 4: of e; 5: of y
unmount n; disk/kfs -r -n 900 -b 1024 fs n; k check
fn spoil {n=$1; {read ${expr $n 1024 '*'} <fs; zeros 1024 1; read -o ${expr $n 1 + 1024 '*'} 999999 <fs} >x; cat x >fs}
echo one >n/one; mkdir n/e; echo y >n/e/y
spoil 4
k check
{k 'check f'; cat} <n/e/y
ls n n/e; cat n/one; echo z >n/e/z; cat n/e/z; k check; disk/kfscheck fs
spoil 3
k check 'check r'
{k 'check qrf'; read -o 0 5 | xd -1x} <n/one
echo two >n/two; k 'check r'; disk/kfscheck fs
cp fs save; spoil 1; k check; ls n; cat save >fs; k check
echo names
zeros 512 1800 >fs2
disk/kfs -r -b 512 -n two fs2 m
echo two >m/two; k -n two 'check P'; k -n two 'rename two three'; ls m n; ls /chan
echo three >m/three; k -n two 'create /f a b 600'
disk/kfs -n a/b fs2 m
disk/kfs -R -n three fs2 o
k -n three stats | grep only
k -n three 'check f' atime 'remove /three' sync 'check'
echo halting
k -n two halt; cat m/three; touch m/x
ls n; k halt; ls n; cat n/one; unmount n
disk/kfs fs n; cat n/two; k sync
disk/kfs fs2 m
unmount m; unmount n
mount {disk/kfs fs} n; cat n/two; k stats | sed 2q
echo attaching
bind '#|' p
disk/kfs -n four fs2 <>p/data1 >[1=0] &
sleep 1
{echo Tversion 8192 9P2000; echo 'Tattach 1 ~0 joe x'; sleep 1; k -n four noattach users >[1=2]; echo 'Tattach 2 ~0 joe x'; sleep 1; k -n four noattach >[1=2]; echo 'Tattach 2 ~0 joe x'; sleep 1} | styxchat p/data >[2=1] | grep '^<- |^[a-z]|^\['
disk/kfscmd; disk/kfscmd -x; disk/kfs
