load expr mload
mload mp mpexpr
echo ${expr 1 2 +} ${mp expr 2 100 xx}
mp ntest 0; echo $status
mp nosuch
