implement Time;

#
# Times the loading and running of a command; see time(1).
#

include "sys.m";
	sys: Sys;

include "draw.m";

Time: module
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
	if(argv == nil || tl argv == nil){
		sys->fprint(sys->fildes(2), "usage: time cmd ...\n");
		return;
	}
	argv = tl argv;
	name := hd argv;
	file := name;
	if(len file < 4 || file[len file - 4:] != ".dis")
		file += ".dis";
	t0 := sys->millisec();
	cmd := load Command file;
	if(cmd == nil && file[0] != '/')
		cmd = load Command "/dis/" + file;
	if(cmd == nil){
		sys->fprint(sys->fildes(2), "time: %s: %r\n", name);
		raise "fail:load";
	}
	t1 := sys->millisec();
	result := chan of string;
	spawn run(cmd, ctxt, argv, result);
	status := <-result;
	t2 := sys->millisec();
	sys->fprint(sys->fildes(2), "%.4gl %.4gr %.4gt\n", real (t1 - t0) / 1000.0, real (t2 - t1) / 1000.0, real (t2 - t0) / 1000.0);
	if(status != nil)
		raise status;
}

run(cmd: Command, ctxt: ref Draw->Context, argv: list of string, result: chan of string)
{
	status: string;
	{
		cmd->init(ctxt, argv);
	}exception e{
	"fail:*" =>
		status = e;
	"*" =>
		status = "fail:" + e;
	}
	result <-= status;
}
