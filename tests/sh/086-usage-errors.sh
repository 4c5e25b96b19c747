load std
rescue * {echo $exception} {builtin}
rescue * {echo $exception} {run}
rescue * {echo $exception} {whatis}
rescue * {echo $exception} {echo ${unquote a b}}
