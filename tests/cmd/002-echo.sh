echo a b; echo -n a b; echo; echo -- -n; echo -n; echo -x; echo ''
