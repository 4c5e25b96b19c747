load std
lookman itest report | grep 'man 1 (itest|sh-test)'
lookman nosuchwordanywhere; echo $status
lookman; echo $status
man -k reports of test; man -k nosuchword; echo $status
man -w 6 iaf; man -w lstar; man nosuch; echo $status
man 6 iaf | sed 3q
man -w mkext disk/mkext 8 inst; man -w 8 disk; echo $status
