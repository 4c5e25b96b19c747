mkdir n; echo '# comment
bind /dis/lib n
cd n' >ns
nsbuild ns; pwd; ls arg.dis
cd /tmp/w
echo junk >ns; nsbuild ns
echo $status
echo 'bind /nosuch n
bind -i /nosuch n' >ns; nsbuild ns
nsbuild nosuch
