# object files
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "dis.m";
	dis: Dis;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	dis = load Dis Dis->PATH;
	if(dis == nil){
		sys->print("cannot load Dis: %r\n");
		return;
	}

	dis->init();
	(m, err) := dis->loadobj("/dis/lib/arg.dis");
	if(m == nil){
		sys->print("%s\n", err);
		return;
	}
	sys->print("%s %d %d %d\n", m.name, m.magic == Dis->XMAGIC, len m.inst == m.isize, m.rt & Dis->HASLDT);
	for(i := 0; i < len m.links; i++)
		sys->print("%s %.8ux\n", m.links[i].name, m.links[i].sig);
	for(i = 0; i < len m.imports; i++)
		for(j := 0; j < len m.imports[i]; j++)
			sys->print("%s\n", m.imports[i][j].name);
	(nil, err) = dis->loadobj("/lib/convcs/charsets");
	sys->print("%s\n", err);
	sys->print("%s %s\n", dis->op2s(Dis->IRAISE), dis->op2s(500));
	sys->print("%s|\n", dis->inst2s(ref Dis->Inst(Dis->IADDW, Dis->AFP<<3|Dis->AXIMM|Dis->AIND|Dis->AMP, 5, 40, 8<<16|4)));
}
