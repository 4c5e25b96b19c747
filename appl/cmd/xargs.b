implement Xargs;

#
# Runs a command with each line of input; see xargs(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

include "string.m";
	str: String;

Xargs: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Command: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(ctxt: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil)
		nomod(Bufio->PATH);
	str = load String String->PATH;
	if(str == nil)
		nomod(String->PATH);
	if(argv == nil || tl argv == nil){
		sys->fprint(sys->fildes(2), "Usage: xargs command [command args] <[list of last command arg]\n");
		raise "fail:usage";
	}
	argv = tl argv;
	path := hd argv;
	if(path == nil || path[0] != '/')
		path = "/dis/" + path;
	if(len path < 4 || path[len path - 4:] != ".dis")
		path += ".dis";
	cmd := load Command path;
	if(cmd == nil){
		sys->fprint(sys->fildes(2), "xargs: can't load %s: %r\n", path);
		raise "fail:load";
	}
	in := bufio->fopen(sys->fildes(0), Bufio->OREAD);
	status := "";
	while((line := in.gets('\n')) != nil){
		(nil, words) := sys->tokenize(line, " \t\r\n");
		if(words == nil)
			continue;
		for(l := reverse(argv); l != nil; l = tl l)
			words = hd l :: words;
		result := chan of string;
		spawn run(ctxt, path, words, result);
		if((s := <-result) != nil)
			status = s;
	}
	if(in.ungetb() == Bufio->ERROR){
		sys->fprint(sys->fildes(2), "xargs: read error: %r\n");
		raise "fail:read error";
	}
	if(status != nil)
		raise status;
}

reverse(l: list of string): list of string
{
	r: list of string;
	for(; l != nil; l = tl l)
		r = hd l :: r;
	return r;
}

# each time a fresh instance, for commands begin with their data as loaded
run(ctxt: ref Draw->Context, path: string, argv: list of string, result: chan of string)
{
	cmd := load Command path;
	if(cmd == nil){
		result <-= sys->sprint("fail:%r");
		return;
	}
	{
		cmd->init(ctxt, argv);
		result <-= nil;
	}exception e{
	"fail:*" =>
		result <-= e;
	"*" =>
		result <-= "fail:" + e;
	}
}

nomod(path: string)
{
	sys->fprint(sys->fildes(2), "xargs: cannot load %s: %r\n", path);
	raise "fail:bad module";
}
