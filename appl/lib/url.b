implement Url;

#
# Uniform resource locators; see url(2).
#

include "string.m";
	str: String;

include "url.m";

names := array[] of {
	"", "http", "https", "ftp", "file", "gopher", "mailto", "news", "nntp", "telnet", "wais", "prospero",
	"javascript", "unknown"
};

init()
{
	schemes = names;
	str = load String String->PATH;
}

index(s: string, c: int): int
{
	for(i := 0; i < len s; i++)
		if(s[i] == c)
			return i;
	return -1;
}

makeurl(s: string): ref ParsedUrl
{
	if(str == nil)
		init();
	u := ref ParsedUrl(NOSCHEME, 0, "", "", "", "", "", "", "", "");
	for(i := 0; i < len s; i++)
		if(s[i] >= 16r80)
			u.utf8 = 1;
	i = 0;
	while(i < len s && str->in(s[i], "a-zA-Z0-9+.-"))
		i++;
	if(i > 0 && i < len s && s[i] == ':'){
		u.scheme = UNKNOWN;
		name := str->tolower(s[0:i]);
		for(j := HTTP; j < UNKNOWN; j++)
			if(schemes[j] == name)
				u.scheme = j;
		s = s[i+1:];
	}
	case u.scheme {
	MAILTO or NEWS or JAVASCRIPT or UNKNOWN =>
		u.path = s;
		return u;
	}
	if((i = index(s, '#')) >= 0){
		u.frag = s[i+1:];
		s = s[0:i];
	}
	if((i = index(s, '?')) >= 0){
		u.query = s[i+1:];
		s = s[0:i];
	}
	if(len s >= 2 && s[0:2] == "//"){
		s = s[2:];
		auth := s;
		s = "";
		if((i = index(auth, '/')) >= 0){
			s = auth[i:];
			auth = auth[0:i];
		}
		if((i = index(auth, '@')) >= 0){
			u.user = auth[0:i];
			auth = auth[i+1:];
			if((i = index(u.user, ':')) >= 0){
				u.passwd = u.user[i+1:];
				u.user = u.user[0:i];
			}
		}
		i = -1;
		if(auth == "" || auth[0] != '[')
			i = index(auth, ':');
		else if((j := index(auth, ']')) >= 0 && j + 1 < len auth && auth[j+1] == ':')
			i = j + 1;
		if(i >= 0){
			u.port = auth[i+1:];
			auth = auth[0:i];
		}
		u.host = auth;
	}
	if(u.scheme == FILE && u.host == "")
		u.host = "localhost";
	if(s != "" && s[0] == '/'){
		u.pstart = "/";
		s = s[1:];
	}else if(u.host != "")
		u.pstart = "/";
	u.path = s;
	return u;
}

ParsedUrl.tostring(u: self ref ParsedUrl): string
{
	if(str == nil)
		init();
	s := "";
	if(u.scheme != NOSCHEME)
		s = schemes[u.scheme] + ":";
	if(u.host != ""){
		s += "//";
		if(u.user != ""){
			s += u.user;
			if(u.passwd != "")
				s += ":" + u.passwd;
			s += "@";
		}
		s += u.host;
		if(u.port != "")
			s += ":" + u.port;
	}
	s += u.pstart + u.path;
	if(u.query != "")
		s += "?" + u.query;
	if(u.frag != "")
		s += "#" + u.frag;
	return s;
}

ParsedUrl.makeabsolute(u: self ref ParsedUrl, b: ref ParsedUrl)
{
	if(b == nil || (u.scheme != NOSCHEME && u.scheme != b.scheme))
		return;
	if(u.scheme != NOSCHEME && u.host != "")
		return;
	u.scheme = b.scheme;
	if(u.host != "")
		return;
	u.user = b.user;
	u.passwd = b.passwd;
	u.host = b.host;
	u.port = b.port;
	if(u.pstart == "/"){
		u.path = clean(u.path);
		return;
	}
	u.pstart = b.pstart;
	if(u.path == ""){
		u.path = b.path;
		if(u.query == "")
			u.query = b.query;
		return;
	}
	(dir, nil) := splitlast(b.path);
	u.path = clean(dir + u.path);
}

# up to and including the last slash, and the rest
splitlast(s: string): (string, string)
{
	for(i := len s; i > 0 && s[i-1] != '/'; i--)
		;
	return (s[0:i], s[i:]);
}

# without . and ..
clean(path: string): string
{
	out: list of string;
	slash := 0;
	for(i := 0; i <= len path;){
		for(j := i; j < len path && path[j] != '/'; j++)
			;
		e := path[i:j];
		slash = 1;	# what follows a dropped element is a directory
		case e {
		"." =>
			;
		".." =>
			if(out != nil)
				out = tl out;
		* =>
			out = e :: out;
			slash = 0;
		}
		i = j + 1;
	}
	s := "";
	if(slash && out != nil)
		s = "/";
	for(; out != nil; out = tl out){
		s = hd out + s;
		if(tl out != nil)
			s = "/" + s;
	}
	return s;
}
