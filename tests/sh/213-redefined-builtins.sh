load std
fn if {echo my if}
if {} {}
fn if
if {} {echo std if}
