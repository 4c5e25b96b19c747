echo hello >f
sum f; md5sum f; sha1sum f; md5sum <f; sum nosuch
echo $status
md5sum nosuch
echo $status
