x=(a 'b c' d)
echo $#x $"x $#undefined '('^$"undefined^')'
