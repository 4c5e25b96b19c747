echo abc <>nf >[1=0]
cat nf
