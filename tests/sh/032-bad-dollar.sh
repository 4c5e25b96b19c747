echo ${a|b}
