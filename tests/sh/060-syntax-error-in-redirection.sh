echo a >[x] b
