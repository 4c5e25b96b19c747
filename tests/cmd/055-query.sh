ndb/query tcp styx; ndb/query tcp styx port; ndb/query -a udp dns port; ndb/query nosuch x
ndb/query
echo $status
