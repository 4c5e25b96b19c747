{echo out; echo err >[1=2]} >[2=1] | sed 's/^/P /'
