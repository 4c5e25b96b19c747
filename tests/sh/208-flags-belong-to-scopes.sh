load std
{flag x +; echo a}
echo b
sh -xc {echo c}
sh -ec {load std; status bad; echo no}
echo $status
