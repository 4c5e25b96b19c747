load std
and {echo 1} {status bad} {echo 3}
echo $status
or {status x} {echo 2} {echo 3}
echo a && echo b || echo c
{status bad} && echo b || {echo c $status}
echo a || echo b && echo c; status x || echo d && echo e
