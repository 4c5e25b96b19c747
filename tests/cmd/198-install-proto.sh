load std
mkdir -p t/lib/sub t/dis t/wrap t/empty; >t/lib/a; >t/lib/b; >t/lib/sub/c; >'t/lib/it''s 1'; >'t/dis/*'; >t/dis/+; >'t/dis/#x'; >t/dis/ls; >t/dis/'a*b'; >t/wrap/x; chmod 600 t/lib/a; chmod 711 t/lib
install/mkproto t >p; cat p; install/mkproto -m -x lib/sub -x /dis t; install/mkproto -o t | sed 's/ [^ ]+ [^ ]+$/ ME MINE/' | sed 2q
disk/mkfs -a -s t p | sed -n 's/ .*( 0)?$//p'; install/mkproto -o t >po; fs bundle {proto -r t po} >b1; fs bundle {filter -d {not {match wrap}} t} >b2; cmp b1 b2; install/mkproto nosuch; echo $status; install/mkproto; install/mkproto t/lib/a
echo check; install/ckproto -r t p; echo $status; install/ckproto -r t po; install/mkproto -m t >pm; >t/lib/new; mkdir t/etc t/dis/x; >t/etc/y; rm t/lib/sub/c; chmod 755 t/lib; chmod 644 t/lib/a; install/ckproto -r t pm; echo $status; install/ckproto -r t p; echo $status
echo 'lib
	*' >s1; echo 'lib
	sub
		+
dis
	ls 755
	made d755
	+
empty - me' >s2; install/ckproto -r t s1; echo $status; {install/ckproto -r t s2; install/ckproto -r t s1 s2} | sed 's/owner [^ ]+,/owner ME,/'; echo lib >s3; echo '	elsewhere - - - t/dis/ls' >>s3; install/ckproto -r t s3; install/ckproto -r t nosuch; echo $status; install/ckproto -r nosuch s1; echo $status; install/ckproto; echo '+' >s4; install/ckproto -r t s4; echo $status
echo flat; for(i in `{du -an t | grep -v ''''} t/lib/it*) {touch -t 900000000 $i}; echo text >t/lib/a; touch -t 900000000 t/lib/a; chmod 444 t/lib/a; install/mkproto t >p; disk/mkfs -a -s t p >arch; install/archflat arch; install/archflat arch lib/a lib/sub dis nosuch li; echo $status; mkdir f; install/archflat -d f arch; ls f; ls -l f/'lib!a' | sed 's/ M .*memfs / /;s/ ... .. .*f/ f/'; cat f/'lib!a'; ls -n f/'lib!a'; install/archflat -d f arch lib/a; install/archflat -d nosuch arch lib/a; echo $status
{echo a/b 644 u g 1 0; echo a!b 644 u g 1 0; echo end of archive} >k; install/archflat k; mkdir g; install/archflat -d g k; echo $status; ls g; install/archflat -d g k a; ls g; sed '$d' k >k2; install/archflat -d g k2; {sed '$d' k; echo ../c 644 u g 1 0; echo end of archive} >k2; install/archflat k2; {echo a 644 u g 1 999999; echo end of archive} >k2; install/archflat -d g k2; install/archflat nosuch; install/archflat; echo $status; zeros -v 61 30000 1 >k2; install/archflat k2
