echo hello | dd -conv ucase >[2] err; sed 1q err
echo hello world | dd -bs 1 -count 5 >[2] /dev/null; echo
dd -zz
echo $status
