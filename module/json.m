# Values in JavaScript object notation; needs sys.m and bufio.m before it. See json(2).
JSON: module
{
	PATH:	con "/dis/lib/json.dis";

	JValue: adt
	{
		pick {
		Object =>
			mem:	cyclic list of (string, ref JValue);
		Array =>
			a:	cyclic array of ref JValue;
		String =>
			s:	string;
		Int =>
			value:	big;
		Real =>
			value:	real;
		True or False or Null =>
		}

		text:		fn(v: self ref JValue): string;
		eq:		fn(v: self ref JValue, w: ref JValue): int;
		copy:		fn(v: self ref JValue): ref JValue;
		get:		fn(v: self ref JValue, name: string): ref JValue;
		set:		fn(v: self ref JValue, name: string, w: ref JValue);
		isobject:	fn(v: self ref JValue): int;
		isarray:	fn(v: self ref JValue): int;
		isstring:	fn(v: self ref JValue): int;
		isnumber:	fn(v: self ref JValue): int;
		istrue:		fn(v: self ref JValue): int;
		isnull:		fn(v: self ref JValue): int;
	};

	init:		fn(bufio: Bufio);
	parse:		fn(s: string): (ref JValue, string);
	readjson:	fn(b: ref Bufio->Iobuf): (ref JValue, string);
	writejson:	fn(b: ref Bufio->Iobuf, v: ref JValue): int;

	jvobject:	fn(mem: list of (string, ref JValue)): ref JValue;
	jvarray:	fn(a: array of ref JValue): ref JValue;
	jvstring:	fn(s: string): ref JValue;
	jvint:		fn(i: int): ref JValue;
	jvbig:		fn(b: big): ref JValue;
	jvreal:		fn(r: real): ref JValue;
	jvtrue, jvfalse, jvnull:	fn(): ref JValue;
};
