echo a |[1=3] {cat /fd/3}
