echo $(a b)
