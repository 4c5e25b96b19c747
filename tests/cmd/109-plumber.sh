plumb x
echo $status
plumber nosuch
echo $status
echo 'x=abc
dst is special
plumb to special

kind is text
data matches ''a(b+)c''
attr set len=$1
data set X$0Y
plumb to abc

kind is text
data matches ''run ([a-z]+)''
plumb start echo started $1 in $dir

kind is text
data isfile $data
plumb to edit

data is $x
dst set edit
plumb to edit' >rules
plumber rules
ls /chan
plumb abbc; read </chan/plumb.abc; echo
plumb xabc
echo $status
plumb -a click 6 'xx abbbc yy'; read 5 </chan/plumb.abc; read </chan/plumb.abc; echo
{echo one; echo two} | plumb -i -d special; plumb -s me -w /lib -t image -a n 'a b' -d special data here
read </chan/plumb.special; read </chan/plumb.special; echo
plumb rules; read </chan/plumb.edit; echo
echo junk >/chan/plumb.input
plumb -i x
echo 'data is' >bad; plumber bad; echo 'data like x
plumb to y' >bad; plumber bad; echo 'data is x' >bad; plumber bad
