echo ^a
