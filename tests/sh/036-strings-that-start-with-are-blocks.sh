'{echo hello' ^ ' world}'
"{echo {echo hello world}}
{$*} {echo hi}
{$*} {{$*} {echo hi2}}
