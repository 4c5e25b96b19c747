x=(a 'b c' {x 'y z'} '' 'it''s')
echo ${quote $x}
echo ${bquote $x}
y=${quote $x}
z=${unquote $y}
echo $#y $#z ${unquote '''a'' b'}
