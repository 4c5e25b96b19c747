load regex
echo ${re g '^a' abc bcd ade} - ${re v '^a' abc bcd} - ${re s 'b(.)' '<\1\0>' abcbd} - ${re sg b X abcb}
echo ${re m '(a)(b)' xaby} - ${re M '(a)(b)' xaby} - ${re mg '[0-9]+' a12b345c6}
match '^a' abc xyz; echo $status
echo ${re m '(' x}
