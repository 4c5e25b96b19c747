mkdir d; echo hi >d/a; chmod 640 d/a; touch -t 1000000000 d/a; puttar d >t.tar
lstar <t.tar | sed '/^d /d'
mkdir x; cd x; gettar -v <../t.tar; cat d/a; cd ..
mkdir m; tarfs t.tar m; ls m/d; cat m/d/a; ls -l m/d/a | sed 's/ M [0-9]+/ M N/'
