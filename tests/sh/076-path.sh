path=/nosuchdir
ls
/dis/echo ok
