load file2chan std
file2chan f {rread x} {rerror 'no way'}
echo x >f
echo $status
read 1 <f; echo
rread y
