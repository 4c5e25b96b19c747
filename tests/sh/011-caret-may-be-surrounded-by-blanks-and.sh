echo a ^ b a^
b
