echo `{echo q}z a"{echo x}
echo end
