x=1 >f
