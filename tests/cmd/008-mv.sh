echo a >f; mkdir d e; >e/q
mv f h; ls; mv nosuch x
echo $status
mv h d; ls d; mv d d2; ls -p; mv d2 e
echo $status
mv
echo $status
