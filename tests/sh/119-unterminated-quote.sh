echo 'abc
def
