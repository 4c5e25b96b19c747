load std
fn echo {/dis/echo.dis my $*}
echo a
builtin echo b
fn builtin {echo hacked}
builtin echo c
