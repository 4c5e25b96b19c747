mkdir d; >d/y; >d/zz; >f; chmod 755 f
ls; ls d; ls d f; ls -p d; ls -d d; ls -F; ls -r; ls nosuch
echo $status
ls -z
echo $status
