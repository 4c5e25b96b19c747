echo \* a\b
