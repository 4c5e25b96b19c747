cat <<EOF2
