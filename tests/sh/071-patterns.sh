echo *.zzz
>c.b; >a.b; mkdir d; >d/e; >'sp ace'
echo *.b ?.b [ab].b [~a].b [a-c].b [^a].b '*'.b
x=*.b; y='*.b'
echo $x $#x $y
echo */* ./*.b ../w/*.b
cat </dev/null >d/new*
echo d/*
