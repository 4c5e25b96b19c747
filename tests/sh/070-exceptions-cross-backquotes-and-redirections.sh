load std
rescue * {echo caught $exception} {x=`{raise foo}}
rescue * {echo caught $exception} {raise bar >/dev/null}
{raise foo} | cat
echo $status
