load std
x=(a 'b c')
fn f {echo $1}
subfn g {result=x}
whatis x f g ls for quote {c d} '{e f}'
whatis nosuch
echo $status
