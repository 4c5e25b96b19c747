${nosuch a}
