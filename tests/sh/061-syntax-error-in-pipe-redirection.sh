echo b |[x] cat
