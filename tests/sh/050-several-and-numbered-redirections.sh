echo a >f >g; cat f; echo -; cat g
echo b >[3]f >[1=3]; cat f
echo a >b c; cat b
echo x >[2] f >[1=2]; cat f
