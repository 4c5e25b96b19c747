load std
subfn f {result=(a b c)}
echo $#{f} $"{f}
