sh -c 'echo a # b'
echo {echo a # b
}
