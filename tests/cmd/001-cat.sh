echo one >f; echo two >g
cat f g; echo three | cat f - g; cat nosuch f
echo $status
cat <f
