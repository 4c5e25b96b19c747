echo hi >f; chmod 644 f
uuencode f g; uuencode f g | uudecode -p
