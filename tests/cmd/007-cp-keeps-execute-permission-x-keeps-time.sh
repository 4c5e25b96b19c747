echo a >f; chmod 751 f; touch -t 1000000000 f; cp f g; ls -l g | sed 's/ .*//'; cp -x f h; ls -l h
