echo a # trailing comment
echo a#b 'c#d'
