# reals: traps, rounding, borders
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "math.m";
	math: Math;

T: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	math = load Math Math->PATH;
	o := 1.0;
	z := 0.0;
	# quiet at first
	sys->print("%g %g %x\n", o / z, math->log(z), math->getFPcontrol());
	sys->print("%x\n", math->FPcontrol(Math->ZDIV|Math->INVAL, Math->ZDIV|Math->INVAL|Math->OVFL));
	sys->print("%x\n", math->getFPcontrol());
	{ sys->print("%g\n", o / z); } exception e { "sys: fp: *" => sys->print("trapped\n"); }
	{ sys->print("%g\n", math->sqrt(-o)); } exception e { "sys: fp: *" => sys->print("trapped\n"); }
	{ sys->print("%g\n", math->log(z)); } exception e { "sys: fp: *" => sys->print("trapped\n"); }
	{ sys->print("%g\n", math->exp(1e4)); } exception e { "sys: fp: *" => sys->print("trapped\n"); }
	math->FPcontrol(0, Math->ZDIV|Math->INVAL);
	sys->print("%g\n", o / z);

	# rounding
	three := 3.0;
	modes := array[] of {Math->RND_NR, Math->RND_NINF, Math->RND_PINF, Math->RND_Z};
	for(i := 0; i < len modes; i++){
		math->FPcontrol(modes[i], Math->RND_MASK);
		x := o / three;
		y := -o / three;
		sys->print("%x %bux %bux %g %g\n", math->getFPcontrol() & Math->RND_MASK, math->realbits64(x), math->realbits64(y),
			math->rint(2.5), math->rint(-2.5));
	}
	math->FPcontrol(Math->RND_NR, Math->RND_MASK);

	# status
	math->FPstatus(0, 31);
	x := o / three;
	sys->print("%x\n", math->FPstatus(0, Math->INEX));
	sys->print("%x\n", math->FPstatus(Math->OVFL, Math->OVFL));
	sys->print("%x\n", math->getFPstatus());
	math->FPstatus(0, 31);

	sys->print("%d %d %d %d\n", math->ilogb(0.0), math->ilogb(o / z), math->ilogb(1000.0), math->ilogb(5e-324));
	(n, f) := math->modf(-3.75);
	sys->print("%d %g\n", n, f);
	(n, f) = math->modf(1e300);
	sys->print("%d %g\n", n, f);
	sys->print("%g %g %g %g\n", math->pow10(-400), math->pow10(400), math->pow10(22), math->pow10(-5));
	sys->print("%g %g %g\n", math->fdim(3.0, 1.0), math->fdim(1.0, 3.0), math->remainder(5.0, 3.0));
	sys->print("%g %g\n", math->jn(2000000000, 1.0), math->jn(-2000000001, 3.5));
	sys->print("%g %d\n", math->scalbn(1.0, 2000000000), math->finite(math->scalbn(1.0, -2000000000)));
	sys->print("%g %g\n", math->sin(1e22), math->nextafter(1.0, 2.0));

	a := array[] of {1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
	c := array[4] of {* => math->bits64real(big 16r7ff8000000000000)};
	math->gemm('N', 'N', 2, 2, 3, 1.0, a, 2, a, 3, 0.0, c, 2);
	sys->print("%g %g %g %g\n", c[0], c[1], c[2], c[3]);
	math->gemm('T', 'T', 2, 2, 3, 1.0, a, 3, a, 2, -1.0, c, 2);
	sys->print("%g %g %g %g\n", c[0], c[1], c[2], c[3]);
	math->gemm('N', 'N', 2, 2, 2, 2.0, nil, 2, a, 3, 1.0, c, 2);
	sys->print("%g %g %g %g\n", c[0], c[1], c[2], c[3]);
	for(i = 0; i < 6; i++){
		{
			case i {
			0 =>	math->gemm('X', 'N', 2, 2, 2, 1.0, a, 2, a, 2, 0.0, c, 2);
			1 =>	math->gemm('N', 'N', -1, 2, 2, 1.0, a, 2, a, 2, 0.0, c, 2);
			2 =>	math->gemm('N', 'N', 2, 2, 4, 1.0, a, 2, a, 4, 0.0, c, 2);
			3 =>	math->gemm('N', 'N', 2, 2, 2, 1.0, a, 1, a, 2, 0.0, c, 2);
			4 =>	math->gemm('N', 'N', 2, 2, 2, 1.0, a, 2, a, 2, 0.0, nil, 2);
			5 =>	math->gemm('N', 'N', 2147483647, 1, 2147483647, 1.0, a, 2147483647, a, 2147483647, 0.0, c, 2147483647);
			}
			sys->print("done\n");
		} exception e {
		"*" =>
			sys->print("%s\n", e);
		}
	}
	{ math->dot(nil, a); } exception e { "*" => sys->print("%s\n", e); }
	{ math->norm1(nil); } exception e { "*" => sys->print("%s\n", e); }
	{ math->sort(a, array[] of {0, -1}); } exception e { "*" => sys->print("%s\n", e); }

	# NaNs compare with nothing, but the sort ends and loses no index
	k := 1000;
	y := array[k] of real;
	pi := array[k] of int;
	for(i = 0; i < k; i++){
		y[i] = real ((i * 7919) % 1009);
		if(i % 10 == 0)
			y[i] = math->bits64real(big 16r7ff8000000000000);
		pi[i] = i;
	}
	math->sort(y, pi);
	sum := 0;
	for(i = 0; i < k; i++)
		sum += pi[i];
	sys->print("%d\n", sum);
}
