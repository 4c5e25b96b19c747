echo 'hello world
foo bar' >f
sed 's/o/0/g' f; sed -n '/foo/p' f; sed 1d f; sed 1q f; sed -e 's/h/H/' -e 's/b/B/' f; sed '$d' f; sed 'y/abc/xyz/' f; sed '=' f
sed '1i\
ins' f; sed '1a\
app' f
sed '1,2s/^/> /' f; sed '/hello/,/foo/d' f; sed 'N;s/\n/+/' f; sed ':a
s/o/0/
ta' f
sed 's/o(.)/<\1&>/' f
sed 's/o/0/w out' f; cat out
