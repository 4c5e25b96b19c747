# A tree behind both converters is the same tree, as far as the old protocol goes.
load std expr
mkdir t t/dir m n
seq 1 20000 >t/numbers
echo deep >t/dir/leaf; echo x >t/'a b ü'
mount -c {styxconv -o styxconv export /tmp/w/t} m
cd t; ls -l >../l; cd ../m; ls -l | sed 's/ M [0-9]+ / M N /' >../k; cd ..; sed 's/ M [0-9]+ / M N /' l | cmp /fd/0 k && echo same list
cmp t/numbers m/numbers && cat m/dir/leaf m/'a b ü' m/dir/../dir/leaf
mkdir /tmp/src; cp t/numbers /tmp/src; cp -r /tmp/src m/copy; ls m/copy; cmp t/numbers t/copy/numbers
du -a m/dir; du -a t/dir
echo new >m/new; echo more >>m/new; cat t/new; echo over >m/new; cat t/new
mv m/new m/newer; chmod 400 m/newer; ls t
cd m/dir; pwd; ls; cd ../..
mkdir m/d/e; mkdir m/d; mkdir m/d; rm m/dir; cat m/none; cat m/dir/leaf/x
rm -r m/d m/copy; ls m
touch -t 86400 m/dir/leaf; ls -l t/dir | sed 's/.* Jan/Jan/'
echo -- names
long=abcdefghijklmnopqrstuvwxyzabc
ü=üüüüüüüüüüüüüüüüüüüü
echo 1 >t/abcdefghijklmnopqrstuvwxyza; echo 2 >t/^$long; echo 3 >t/^$long^d; echo 4 >t/^$ü; echo 5 >t/$ü^x
ls m
cat m/abc*~* m/ü*
mv m/abcdefghijklmnopqr~ccb87466 m/short; rm m/ü*; ls t
touch m/^$long; mkdir m/^$ü; mv m/short m/^$ü
echo -- many
mkdir t/many
for(i in `{seq 300}) { >t/many/file^$i }
ls -p m/many >k; ls -p t/many | cmp /fd/0 k && wc -l k
echo -- a server that is shared
>m/dir/leaf
mount -o {styxconv export /tmp/w/m} n
echo again >n/dir/leaf; cat t/dir/leaf n/dir/leaf; ls -p n >k; ls -p m | cmp /fd/0 k && echo same list
unmount n; unmount m
sleep 1; ps | sed -n /Styxconv/p
echo -- what does not work
styxconv
styxconv -x y
styxconv -o
echo garbage | styxconv export t; echo $status
echo garbage | styxconv -o cat; echo $status
sleep 1 | styxconv -o echo; echo $status
mount -o {styxconv -o styxconv export /tmp/w/t} m >[2] /dev/null; echo $status
mount -o {styxconv nosuch} m >[2] /dev/null; echo $status
echo -- over a network
listen -A 'tcp!127.0.0.1!21796' {styxconv export /tmp/w/t/dir}
mount -oA 'tcp!127.0.0.1!21796' m | cat; ls m; unmount m
mount -oA 'tcp!127.0.0.1!21796' m; mount -oA 'tcp!127.0.0.1!21796' n; ls m n; unmount m; cat n/leaf; unmount n
mount -qo {echo} m; ls m
sleep 1; ps | sed -n '/Styxconv|Mount/p'
