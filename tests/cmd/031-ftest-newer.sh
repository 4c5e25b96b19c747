ftest -d /; echo '['^$"status^']'
ftest -e /nosuch; echo '['^$"status^']'
ftest -z /; echo '['^$"status^']'
>f; >g; touch -t 100 f; touch -t 200 g
newer g f; echo '['^$"status^']'
newer f g; echo '['^$"status^']'
newer f nosuch; echo '['^$"status^']'
