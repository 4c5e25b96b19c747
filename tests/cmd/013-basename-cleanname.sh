basename /a/b/c.b .b; basename a; basename -d /a/b/c; basename -d c; basename
echo $status
cleanname /a/../b//c/./d ../x/.. ''; cleanname -d /u x /y '#c/z'
