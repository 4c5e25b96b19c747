x=foo
foo=bar
'x y'=3
echo $$x $'x y' $(x)
