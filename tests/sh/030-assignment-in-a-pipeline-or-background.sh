x=1 | cat
