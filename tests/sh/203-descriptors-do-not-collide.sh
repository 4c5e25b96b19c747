echo file >f
cat <{echo sub} /fd/3 <[3]f
{cat /fd/3; ls f; cat /fd/4} <[3]f <[4]f
{echo a >[1=3]; ls f >[1=3]} >[3]g
cat g
{{cat /fd/5} <[5]g} <[6]f
