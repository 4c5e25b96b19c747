echo hello >f
gzip f; ls; gunzip f.gz; ls; cat f; echo hi | gzip | gunzip
gunzip f
echo $status
gzip nosuch
echo $status
