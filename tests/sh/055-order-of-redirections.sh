{echo out; echo err >[1=2]} >f >[2=1]; cat f
