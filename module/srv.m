# The names of the host, built in; for the connection server. See srv(2).
Srv: module
{
	PATH:	con "$Srv";

	iph2a:	fn(host: string): list of string;
	ipa2h:	fn(addr: string): list of string;
	ipn2p:	fn(net, service: string): string;
	init:	fn();
};
