echo 'one two
three
four five six' >f; echo añb >g
wc f; wc -l f; wc -lw f f; wc -lwceb g; wc <f; wc -b f; wc nosuch
wc -x
echo $status
