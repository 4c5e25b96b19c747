touch t; ls; touch -c u
echo $status
touch -t 1000000000 t; ls -l t; touch
echo $status
