load std
{exit} | {status x}
echo $status
{raise e1} | {status s2} | {}
echo $status
nosuch1 | cat
echo $status
{sh -c {load std; raise '  blanks'}}
echo $status
