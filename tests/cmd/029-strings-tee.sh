echo 'hello world there' | strings; echo short | strings
echo hi | tee f g; cat f g; echo yo | tee -a f; cat f
