seq 3; seq 2 4; seq 1 2 6; seq 5 -2 -1; seq -w 8 11; seq 0 .1 .3; seq x
echo $status
seq -f '<%5.2f>' 1 2; seq 3 1; seq -w -1 1; seq 1 0 2
echo $status
seq
echo 'a 1
b 2
d 4' >f; echo -n 'a x
a y
c z
d w' >g
join f g; join -a 1 -a 2 -e - -o 0,1.2,2.2 f g; join -v 2 f g
echo 'x:a:1
:b:' >h; join -t : -1 2 -2 1 h <{sed 's/ /:/' f}
join f nosuch
echo $status
join f
echo hello world >h
od h; od -c h; od -x h; od -t x1 h; od -A x -t x1 -t c h; od -N 4 -j 2 -t d1 h; od -tu4 h; zeros 100 1 | od -tx4; od -An -a -tf4 h; od nosuch
echo $status
od -j 99 h
