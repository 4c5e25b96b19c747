# the answers were worked out with another implementation of DES
load std
fn ask {
	pass=$1
	echo $pass >cons
	bind cons /dev/cons
	{echo 12345; echo 0; echo 99999; echo 12345678} | netkey | sed -n 's/.*response: //p'
	unmount cons /dev/cons
}
ask secret; ask password; ask 'a longer password'; ask 12345678901234567890123456789012; ask s; ask zürich1 ; ask 123456789
echo sec2 >cons; echo 1234 >in; bind cons /dev/cons
netkey <in; echo $status
>cons; netkey <in; echo $status
echo -n 'abxxsecrext' | tr x '\010' >cons; echo 12345 | netkey
netkey x
