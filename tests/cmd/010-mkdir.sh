mkdir a a/b; ls; mkdir a
echo $status
mkdir x/y/z
echo $status
mkdir -p x/y/z x/y; ls x
>f
mkdir -p f/g
echo $status
