# JavaScript object notation
implement T;

include "sys.m";
	sys: Sys;
include "draw.m";
include "bufio.m";
	bufio: Bufio;
include "json.m";
	json: JSON;
	JValue: import json;

T: module
{
	init: fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	if(bufio == nil){
		sys->print("cannot load Bufio: %r\n");
		return;
	}
	json = load JSON JSON->PATH;
	if(json == nil){
		sys->print("cannot load JSON: %r\n");
		return;
	}

	json->init(bufio);
	for(l := list of {"{\"a\": [1, -2.5, 1e300, 123456789012, 12345678901234567890], \"b\\u0041\": {\"x\":null,\"t\":true , \"f\":false}}",
			"\"\\ud83d\\ude00 \\ud83d \\n\\\"\\/\"", "[]", "{}", " 7 ", "-0", "0.1", "[1,]", "[1 2]", "{a:1}", "tru", "01", "1.", "\"a", "\"\\x\"", "", "1 2", "[\n\n}", "\"\n\""}; l != nil; l = tl l){
		(v, err) := json->parse(hd l);
		if(err != nil)
			sys->print("%s\n", err);
		else{
			s := v.text();
			(w, nil) := json->parse(s);
			sys->print("%s %d %d\n", s, v.eq(w), v.eq(v.copy()));
		}
	}
	for(r := list of {0.1, 1e300, -0.0, 1e-7, 123456789012.0, -.5, 1e15}; r != nil; r = tl r){
		s := json->jvreal(hd r).text();
		(v, nil) := json->parse(s);
		sys->print("%s %d\n", s, v.eq(json->jvreal(hd r)));
	}
	o := json->jvobject(nil);
	o.set("a", json->jvint(1));
	o.set("b", json->jvstring("é😀\u0001"));
	o.set("a", json->jvtrue());
	sys->print("%s %d\n", o.text(), o.get("a").istrue());
	deep := "";
	for(i := 0; i < 100000; i++)
		deep += "[";
	(nil, err) := json->parse(deep);
	sys->print("%s\n", err);
	b := bufio->sopen("1 [2]\n{}");
	for(;;){
		(v, nil) := json->readjson(b);
		if(v == nil)
			break;
		sys->print("%s\n", v.text());
	}
}
