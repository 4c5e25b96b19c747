echo `{echo 1 >[1=2]; echo a} `{echo 2 >[1=2]; echo b}^`{echo 3 >[1=2]; echo c}
