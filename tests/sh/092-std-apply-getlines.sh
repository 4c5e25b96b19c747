load std
apply {echo -$1- $#*} a b
echo a:b c | getlines {echo '['^$line^']'}
echo a:b c | getlines : {echo '['^$line^']'}
echo -n 'no newline' | getlines {echo '['^$line^']'}
