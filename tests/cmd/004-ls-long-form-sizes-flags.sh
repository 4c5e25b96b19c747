echo hello >f; chmod 640 f; touch -t 1000000000 f
mkdir d; touch -t 0 d
ls -l f; ls -le f; ls -lm f; ls -k f; ls -m f; ls -T f; ls -lp f; ls -ld d | sed 's/ [0-9]+ root/ N root/'
