load std
rescue * {echo $exception} {raise {a b}}
raise
