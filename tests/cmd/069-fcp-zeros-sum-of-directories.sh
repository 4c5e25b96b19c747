zeros 1000 3 >f; fcp f g; cmp f g; ls -l g | sed 's/.*memfs //;s/ .*//'; mkdir d; sum d f
zeros -v65 3 2 | xd -c
