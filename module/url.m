# Uniform resource locators. See url(2).
Url: module
{
	PATH:	con "/dis/lib/url.dis";
	NOSCHEME, HTTP, HTTPS, FTP, FILE, GOPHER, MAILTO, NEWS, NNTP, TELNET, WAIS, PROSPERO,
	JAVASCRIPT, UNKNOWN: con iota;

	ParsedUrl: adt
	{
		scheme, utf8:	int;
		user, passwd, host, port, pstart, path, query, frag: string;

		makeabsolute:	fn(url: self ref ParsedUrl, base: ref ParsedUrl);
		tostring:	fn(url: self ref ParsedUrl): string;
	};

	schemes:	array of string;

	init:		fn();
	makeurl:	fn(s: string): ref ParsedUrl;
};
