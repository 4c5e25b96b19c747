load std
mkdir -p src/lib src/dis/sub src/wrap other; echo one >src/lib/one; echo two >src/lib/'it''s 2'; zeros -v 7 50000 1 >src/dis/big; echo deep >src/dis/sub/deep; >src/lib/empty; echo k >other/k; touch -t 900000000 other/k; >src/wrap/x
for(i in `{du -an src | grep -v '''' } 'src/lib/it''s 2') {touch -t 900000000 $i}; chmod 755 src/dis/big
install/mkproto -m src >p; install/create -o -t 1000000000 -d 'the ''first'' one' -r src demo p >a1; echo $status; sed '/^wrap/s/^/\
/;/^end/s/^/\
/' a1 | tr -d '\007'
install/info -cv a1; install/info a1 nosuch p; echo $status; mkdir m; archfs -m m a1; cmp m/dis/big src/dis/big; ls -p m/lib m/wrap/demo/1000000000; unmount m
mkdir x; disk/mkext -d x <a1; cmp x/lib/'it''s 2' src/lib/'it''s 2'
echo prefix; echo 'k - me - /tmp/w/other/k
lib
	*' >p2; install/create -o -v -p /usr/'a b'/ -t 1000000000 -r src demo p2 p2 >/dev/null; echo $status; sed 2,3d p2 >p3; echo '+' >p4; install/create -ov -p usr -t 1000000000 -r src demo p3 p4 >a2; install/info -cv a2
echo update; echo ONE >src/lib/one; rm src/dis/sub/deep src/dis/sub; echo new >src/dis/new; touch -t 900000000 src/dis/new src/lib/one; chmod 600 src/lib/empty; install/mkproto src >p
install/create -ov -u a1 -t 1000000100 -r src demo p >u1; echo $status; install/info -cv u1; mkdir r; install/inst -r r a1; install/create -o -u r -t 1000000100 -r src demo p >u2; cmp u1 u2
install/create -o -u u1 -t 1000000200 -r src demo p >u3; echo $status; echo newer >src/lib/newer; touch -t 900000000 src/lib/newer; install/mkproto src >p; install/create -ov -u u1 -t 1000000200 -r src demo p >u3; install/info -c u3
echo refused; install/create -o -u u1 -t 1000000100 -r src demo p | wc -c; install/create -o -u u1 -t 1000000000 -r src demo p; install/create -u a1 -r src demon p; install/create -u p -r src demo p; install/create -u src -r src demo p; install/create -u nosuch -r src demo p
for(i in a/b .. 'a b' '' 'it''s') {install/create $i p; echo $status}; install/create -t 0 demo p; install/create -t 1x demo p; install/create -d 'a
b' demo p; install/create -p wrap/x demo p; install/create demo; install/create -q demo p; install/create demo nosuch; echo $status; rm src/lib/one; install/create -r src demo p | wc -c; echo $status
rm src/lib/'it''s 2'; mkdir src/lib/'it''s 2'; install/mkproto src >p; install/create -ov -u u1 -t 1000000200 -r src demo p | wc -c; echo x >src/dis/.inst-1; install/mkproto src >p; install/create -r src demo p | wc -c
