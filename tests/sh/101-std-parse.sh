load std
x=${parse '{echo hi}'}
$x
${parse 'echo hi'}
