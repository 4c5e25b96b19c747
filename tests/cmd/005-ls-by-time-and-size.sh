echo a >x; echo bbb >y; echo cc >z; touch -t 100 x; touch -t 300 y; touch -t 200 z
ls -t; ls -tr; ls -s; ls -sr; lc
