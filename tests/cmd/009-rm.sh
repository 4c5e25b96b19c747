>f; mkdir e; >e/q
rm f nosuch
echo $status
rm e
echo $status
rm -r e; ls; rm -f nosuch
echo '['^$"status^']'
rm -x
