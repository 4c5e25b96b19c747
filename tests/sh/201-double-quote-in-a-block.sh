load std
fn f {echo 'a"b' 'it''s'}
echo $'fn-f'
sh -c 'load std; f'
