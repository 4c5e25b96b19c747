echo a
}
echo b
