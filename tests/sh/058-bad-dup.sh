echo a >[1=]
