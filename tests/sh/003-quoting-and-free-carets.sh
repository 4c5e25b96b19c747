echo 'it''s' 'a'b c'd' 'x''y'z a'b'c'd' ''
