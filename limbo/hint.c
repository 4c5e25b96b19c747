/*
 * Advice that a terminal shows below a diagnostic, found by the message's text.
 */
#include <stdlib.h>
#include <string.h>

#include "limbo/util.h"

typedef struct Hint Hint;
struct Hint {
	const char *part; /* occurs in the message; the first that does counts */
	const char *hint; /* NULL: depends on the types in the message */
};

static const Hint hints[] = {
	{ "unknown character ?", "there is no a ? b : c; use if and else" },
	{ "unknown character \\", "a backslash has a meaning in strings and characters only; is a quote missing or wrong?" },
	{ "unknown character", "a no-break space and curly quotes are not Limbo; type the character again" },
	{ "newline in string constant", "a string in \"...\" ends on its line; `...` may span lines" },
	{ "missing closing '", "'...' is one character; a string is written \"...\"" },
	{ "malformed \\u escape", "\\u takes exactly four hexadecimal digits" },
	{ "unrecognized escape", "the escapes are \\\\ \\' \\\" \\a \\b \\f \\n \\r \\t \\v \\0 \\uXXXX" },
	{ "can't include", "add its directory with -I" },
	{ "no implementation module", "a program begins with: implement Name;" },
	{ "no definition for implementation module", "declare it: Name: module { init: fn(ctxt: ref Draw->Context, argv: list of string); };" },
	{ "include file depth too great", "the files include one another" },
	{ "nesting too deep", "build the value in several statements" },
	{ "near ` <- `", "x<-1 is a send; put a blank before the minus: x < -1" },
	{ "near ` / ` : syntax", "a comment begins with # and ends with the line" },
	{ "near ` [ ` : syntax", "a type is array of T; array[n] of T makes an array: a := array[n] of T;" },
	{ "near ` : ` : syntax", "an arm of case or alt begins with value =>" },
	{ "near ` -> ` : syntax", "load takes the module's type and its path: load Sys Sys->PATH" },
	{ "near ` } ` : syntax", "is the ; missing before it?" },
	{ "near ` int ` : syntax", "the name comes first: name: int; and f(name: int): int" },
	{ "cannot send on", "x<-1 is a send; for a comparison write x < -1" },
	{ "cannot be qualified with .", "members of a module follow ->, those of an adt the dot" },
	{ "is not a value", "a module type has no members to call: use the variable that holds the result of load" },
	{ "without importing", "import it from a variable of module type: Name: import m;" },
	{ "is a module interface", "import from a variable of module type instead of the type" },
	{ "saw '", NULL }, /* mismatch */
	{ "type clash in", NULL },
	{ "redeclaration of local i,", "the variables of for(i := 0; ...) belong to the surrounding block" },
	{ "redeclaration of local", ":= declares; a name that is declared already is assigned with =" },
	{ "cannot declare", "give the type: name: type;" },
	{ "expected ref", "ref v copies a value into a new object; *p is the value behind p" },
	{ "must be used with ref", "a variant can only be held by reference" },
	{ "instances of ref", "name the variant: ref P.Tag(...)" },
	{ "cannot yet index field", "fields of a variant are visible in: pick x := e { Tag => x.field }" },
	{ "conditional must be an int", "a condition is an int: compare, as in x != nil" },
	{ "is not a string constant", "formats are checked when compiling; use print(\"%s\", text)" },
	{ "more arguments than formats", "each argument needs its %" },
	{ "too few arguments for format", "each % needs its argument; a literal per cent sign is %%" },
	{ "incompatible with argument", "%d is for int, %bd for big, %g for real, %s for string, %c for a character" },
	{ "is not a pointer type", "type parameters stand for string, array, list, chan, ref and module types" },
	{ "no return at end of function", "every way through the function must end in return, raise or exit" },
	{ "from a fn with no return type", "the result's type follows the arguments: f(n: int): int" },
	{ " defined as ", "the function must have the type that its module declares" },
	{ "not defined", "its declaration promises it: write the function, or take the declaration away" },
	{ "function call type mismatch", "see which argument differs from the declaration; -w tells more about bounds" },
	{ "unmatchable case qualifier", "the range is empty: its ends are exchanged" },
	{ "too many errors", "-e shows more" },
};

/* Names that other languages have. */
static const Hint names[] = {
	{ "null", "a reference to nothing is nil" },
	{ "NULL", "a reference to nothing is nil" },
	{ "true", "conditions are ints: 1 is true, 0 is false" },
	{ "false", "conditions are ints: 1 is true, 0 is false" },
	{ "bool", "conditions are ints: 1 is true, 0 is false" },
	{ "float", "the type of floating-point numbers is real" },
	{ "double", "the type of floating-point numbers is real" },
	{ "char", "a character is an int; a byte is a byte" },
	{ "long", "an integer of 64 bits is a big" },
	{ "void", "a function without a result has no type after its arguments" },
	{ "printf", "it is called print, and belongs to the module Sys: sys->print(...)" },
	{ "print", "it belongs to the module Sys: sys->print(...); or import it: print: import sys;" },
	{ "sprint", "it belongs to the module Sys: sys->sprint(...); or import it: sprint: import sys;" },
	{ "fprint", "it belongs to the module Sys: sys->fprint(...); or import it: fprint: import sys;" },
	{ "Sys", "its interface must be included first: include \"sys.m\";" },
	{ "Draw", "its interface must be included first: include \"draw.m\";" },
	{ "Bufio", "its interface must be included first: include \"bufio.m\";" },
	{ "String", "its interface must be included first: include \"string.m\";" },
};

static const char *
known(const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strlen(names[i].part) == n && memcmp(names[i].part, text, n) == 0)
			return names[i].hint;
	return NULL;
}

bool
diag_known(const char *name)
{
	return known(name, strlen(name)) != NULL;
}

/*
 * The number of letters that must be added, removed, changed or exchanged with their neighbours to make one name of the other,
 * row by row of the usual table.
 */
static int
distance(const char *a, const char *b)
{
	enum { MOST = 40 };
	int row[3][MOST + 1], i, j, n, m, d;

	n = strlen(a);
	m = strlen(b);
	if (n > MOST || m > MOST)
		return MOST;
	for (j = 0; j <= m; j++)
		row[0][j] = j;
	for (i = 1; i <= n; i++) {
		int *now = row[i % 3], *up = row[(i + 2) % 3], *upup = row[(i + 1) % 3];

		now[0] = i;
		for (j = 1; j <= m; j++) {
			d = up[j - 1] + (a[i - 1] != b[j - 1]);
			if (up[j] + 1 < d)
				d = up[j] + 1;
			if (now[j - 1] + 1 < d)
				d = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && upup[j - 2] + 1 < d)
				d = upup[j - 2] + 1;
			now[j] = d;
		}
	}
	return row[n % 3][m];
}

bool
diag_alike(const char *a, const char *b)
{
	int n = strlen(a), m = strlen(b), most = n < 6 ? 1 : 2;

	if (n < 3 || m < 3 || abs(n - m) > most)
		return false;
	return strcasecmp(a, b) == 0 || distance(a, b) <= most;
}

static const char *
undeclared(const char *text, size_t n)
{
	const char *hint = known(text, n);

	if (hint != NULL)
		return hint;
	if (text[0] >= 'A' && text[0] <= 'Z')
		return "a type, constant or module; is the include missing that declares it?";
	return "a variable is declared by name: type; or by name := value;";
}

/* Does the message begin with that type after `mark`, and with nothing more? */
static bool
type_after(const char *text, const char *mark, const char *type, size_t n)
{
	const char *p;

	for (p = text; (p = strstr(p, mark)) != NULL; p++)
		if (strncmp(p + strlen(mark), type, n) == 0 && (p[strlen(mark) + n] == ' ' || p[strlen(mark) + n] == '\0'))
			return true;
	return false;
}

/* Two types that do not go together: the one that is there stands last. */
static const char *
mismatch(const char *text)
{
	static const char mark[] = " of type ";
	const char *p, *last = NULL;

	for (p = text; (p = strstr(p, mark)) != NULL; p++)
		last = p + sizeof mark - 1;
	if (last != NULL) {
		if (type_after(text, "of type ref ", last, strlen(last)) || type_after(text, "expected ref ", last, strlen(last)))
			return "ref v copies a value into a new object: ref T(...)";
		if (strcmp(last, "string") == 0 && strstr(text, "expected array of byte") != NULL)
			return "array of byte s converts a string";
		if (strstr(text, "expected big") != NULL && strcmp(last, "int") == 0)
			return "convert with big";
	}
	if (strstr(text, "of type big") != NULL)
		return "convert with int or big; constants above 16r7fffffff are big";
	if (strstr(text, "of type string") != NULL && strstr(text, "]' of type int") != NULL)
		return "an element of a string is the code of its character; s[i:i+1] is a string";
	if (strstr(text, "expected ref") != NULL)
		return "ref v copies a value into a new object; *p is the value behind p";
	return "there are no implicit conversions; convert with int, big, real, byte or string";
}

const char *
diag_hint(const char *text)
{
	static const char none[] = " is not declared";
	const char *p;
	size_t i;

	p = strstr(text, none);
	if (p != NULL && strcmp(p, none) == 0 && memchr(text, ' ', p - text) == NULL)
		return undeclared(text, p - text);
	for (i = 0; i < sizeof hints / sizeof hints[0]; i++)
		if (strstr(text, hints[i].part) != NULL)
			return hints[i].hint != NULL ? hints[i].hint : mismatch(text);
	if (strncmp(text, "cannot index ", 13) == 0 && strstr(text, " of type list of ") != NULL)
		return "a list is taken apart by hd and tl";
	if (strncmp(text, "near ` ", 7) == 0 && (p = strstr(text, " ` : syntax error")) != NULL &&
	    ((text[7] >= 'a' && text[7] <= 'z') || (text[7] >= 'A' && text[7] <= 'Z')))
		return "is a ; or a closing bracket missing before it?";
	return NULL;
}
