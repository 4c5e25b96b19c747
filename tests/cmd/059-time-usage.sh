time nosuch
time
