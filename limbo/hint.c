/*
 * Advice that a terminal shows below a diagnostic, found by the message's text.
 */
#include <string.h>

#include "limbo/util.h"

static const struct {
	const char *part; /* occurs in the message */
	const char *hint;
} hints[] = {
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
	{ "cannot send on", "x<-1 is a send; for a comparison write x < -1" },
	{ "is not a value", "a module type has no members to call: use the variable that holds the result of load" },
	{ "without importing", "import it from a variable of module type: Name: import m;" },
	{ "is a module interface", "import from a variable of module type instead of the type" },
	{ "of type big", "constants above 16r7fffffff are big; convert with int" },
	{ "type clash in", "there are no implicit conversions; convert with int, big, real, byte or string" },
	{ "redeclaration of local i,", "the variables of for(i := 0; ...) belong to the surrounding block" },
	{ "cannot declare", "give the type: name: type;" },
	{ "expected ref", "ref v copies a value into a new object; *p is the value behind p" },
	{ "must be used with ref", "a variant can only be held by reference" },
	{ "instances of ref", "name the variant: ref P.Tag(...)" },
	{ "cannot yet index field", "fields of a variant are visible in: pick x := e { Tag => x.field }" },
	{ "is not a string constant", "formats are checked when compiling; use print(\"%s\", text)" },
	{ "more arguments than formats", "each argument needs its %" },
	{ "too few arguments for format", "each % needs its argument; a literal per cent sign is %%" },
	{ "is not a pointer type", "type parameters stand for string, array, list, chan, ref and module types" },
	{ "no return at end of function", "every way through the function must end in return, raise or exit" },
	{ "function call type mismatch", "see which argument differs from the declaration; -w tells more about bounds" },
	{ "unmatchable case qualifier", "the range is empty: its ends are exchanged" },
	{ "too many errors", "-e shows more" },
};

const char *
diag_hint(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof hints / sizeof hints[0]; i++)
		if (strstr(text, hints[i].part) != NULL)
			return hints[i].hint;
	return NULL;
}
