#!/dis/sh
# the names in directories, in columns; see ls(1)
ls -p $* | mc
