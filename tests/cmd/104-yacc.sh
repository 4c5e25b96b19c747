echo '%{
include "sys.m";
	sys: Sys;
include "draw.m";
include "bufio.m";
	bufio: Bufio;
	Iobuf: import bufio;

YYSTYPE: adt { v: int; s: string; };
YYLEX: adt {
	lval: YYSTYPE;
	lex: fn(l: self ref YYLEX): int;
	error: fn(l: self ref YYLEX, err: string);
};
%}
%module Calc {
	init: fn(ctxt: ref Draw->Context, argv: list of string);
}
%left ''+'' ''-''
%left ''*'' ''/''
%right ''^''
%right UMINUS
%nonassoc ''<''
%type <v> exp
%type <s> names
%token <v> NUM
%token <s> NAME
%%
top:	# nothing
	| top line
line: ''\n''
	| exp ''\n'' { sys->print("%d\n", $1); }
	| NAME { sys->print("[%s] ", $1); } ''='' names ''\n'' { sys->print("%s is %s\n", $1, $4); }
	| error ''\n'' { sys->print("ignored\n"); }
	;
names: NAME | names NAME { $$ = $1 + "+" + $2; } ;
exp: NUM
	| exp ''+'' exp { $$ = $1 + $3; }	/* of the left */
	| exp ''-'' exp { $$ = $1 - $3; }
	| exp ''*'' exp { $$ = $1 * $3; }
	| exp ''/'' exp {
			if($3 == 0)
				sys->print("}\n");	# not the end }
			else
				$$ = $1 / $3;
		}
	| exp ''^'' exp { $$ = 1; for(i := 0; i < $3; i++) $$ *= $1; }
	| exp ''<'' exp { $$ = $1 < $3; }
	| ''-'' exp %prec UMINUS { $$ = -$2; }
	| ''('' exp '')'' { $$ = $2; }
	;
%%
in: ref Iobuf;
YYLEX.error(nil: self ref YYLEX, s: string)
{
	sys->print("error: %s\n", s);
}
YYLEX.lex(l: self ref YYLEX): int
{
	while((c := in.getc()) == '' '')
		;
	s := "";
	if(c >= ''0'' && c <= ''9''){
		for(; c >= ''0'' && c <= ''9''; c = in.getc())
			s[len s] = c;
		in.ungetc();
		l.lval.v = int s;
		return NUM;
	}
	if(c >= ''a'' && c <= ''z''){
		for(; c >= ''a'' && c <= ''z''; c = in.getc())
			s[len s] = c;
		in.ungetc();
		l.lval.s = s;
		return NAME;
	}
	return c;
}
init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	in = bufio->fopen(sys->fildes(0), Bufio->OREAD);
	sys->print("parse %d\n", yyparse(ref YYLEX));
}' >calc.y
yacc -vd calc.y; ls; limbo -w y.tab.b
echo '1+2*3
-(4-2)*3
2^3^2
8/2/2
1 + + 2
x = a b c
1 < 2
1 < 2 < 3
10/0
1' | y.tab
cat y.tab.m
yacc -m -o calc.b -s calc calc.y; sed -n '/^Calc: module/p' calc.b
echo '%module X { }
%token A B
%%
s: e
e: e A e | B | B | f
f: A' >c.y; yacc c.y
echo '%module X { }
%%
s: q ;' >d.y; yacc d.y
echo $status
echo 's' >e.y; yacc e.y
yacc nosuch
echo $status
yacc
