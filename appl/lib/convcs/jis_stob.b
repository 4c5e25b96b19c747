implement Stob;

#
# Text to ISO-2022-JP, by way of EUC-JP; the argument is the table of that. The state is "2" within two-byte characters.
#

include "sys.m";

include "convcs.m";

euc: Stob;

init(file: string): string
{
	euc = load Stob "/dis/lib/convcs/mb_stob.dis";
	if(euc == nil){
		sys := load Sys Sys->PATH;
		return sys->sprint("cannot load /dis/lib/convcs/mb_stob.dis: %r");
	}
	return euc->init(file);
}

stob(state: Convcs->State, s: string): (Convcs->State, array of byte)
{
	if(s == ""){
		if(state == nil)
			return (nil, nil);
		return (nil, array of byte "\u001b(B");
	}
	(nil, e) := euc->stob(nil, s);
	a := array[4 * len e + 3] of byte;
	n := 0;
	for(i := 0; i < len e; i++){
		if(e[i] == byte 16r8f){
			# nor has JIS X 0212
			e[i+2] = byte '?';
			i += 2;
		}
		two := e[i] >= byte 16ra1 && i + 1 < len e;
		if(two != (state != nil)){
			esc := array of byte "\u001b(B";
			state = nil;
			if(two){
				esc = array of byte "\u001b$B";
				state = "2";
			}
			a[n:] = esc;
			n += len esc;
		}
		if(two){
			a[n++] = e[i++] & byte 16r7f;
			a[n++] = e[i] & byte 16r7f;
		}else if(e[i] >= byte 16r80){
			# half-width katakana have no place here
			a[n++] = byte '?';
			i++;
		}else
			a[n++] = e[i];
	}
	return (state, a[0:n]);
}
