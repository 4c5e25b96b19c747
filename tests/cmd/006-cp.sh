echo a >f; cp f g; cat g; cp nosuch g
echo $status
cp f
echo $status
mkdir d; cp f g d; ls d; cp d e
echo $status
cp -r d e; ls e; cp f f
echo $status
cp f g nosuch
echo $status
