mkdir n m e
mount {export /dis/lib} n; ls n/arg.dis
mount {mntgen} m; ls m; ls -d m/foo; ls m; bind /dis/lib m/bar; ls m; unmount m/bar; ls m
mount -c {memfs -s} e; echo hi >e/f; cat e/f
export
echo $status
export / /nosuch
echo $status
memfs -x
echo $status
memfs /nosuch
echo $status
