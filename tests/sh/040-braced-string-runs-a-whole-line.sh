'{echo a}|cat'
