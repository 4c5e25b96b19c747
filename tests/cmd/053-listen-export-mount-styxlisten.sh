listen -A 'tcp!127.0.0.1!17348' {export /dis/lib &}
mkdir n n2; mount -A 'tcp!127.0.0.1!17348' n; ls n/arg.dis; ns | grep 'tcp!'
styxlisten -A 'tcp!127.0.0.1!17349' export /dis/lib
mount -A 'tcp!127.0.0.1!17349' n2; ls n2/arg.dis
