load std regex
echo ${re s 'a*' X baaac} - ${re sg 'a*' X baaac} - ${re mg 'a*' baaac} - ${re sg '$' END x}
echo ${re sg '^a' X aab} ${re sg '(.)(.)' '\2\1' abcde} ${re s x '\\' axb} ${re M 'a(b)?' a}^z
rescue '*' {echo $exception} {${re x a b}}
