echo a:b :c c: x:
