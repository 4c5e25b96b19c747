>f
chmod 600 f; ls -l f | sed 's/ .*//'; chmod +x f; ls -l f | sed 's/ .*//'; chmod o'='rw f; ls -l f | sed 's/ .*//'; chmod u-w f; ls -l f | sed 's/ .*//'
chmod 8r755 f; ls -l f | sed 's/ .*//'; chmod +al f; ls -l f | sed 's/ .*//'
chmod zz f
echo $status
chmod 644 nosuch
chmod
echo $status
chgrp
