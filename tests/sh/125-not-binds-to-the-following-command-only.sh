load std
! ~ a b
echo '['^$"status^']'
! {status x} && echo yes
