" Limbo: colours.
if exists('b:current_syntax')
	finish
endif

syn case match
syn sync minlines=100

syn keyword limboStatement	return exit break continue raise spawn
syn keyword limboConditional	if else case alt pick
syn keyword limboRepeat		for while do
syn keyword limboLabel		to or
syn keyword limboException	exception raises
syn keyword limboType		int big byte real string array list chan ref fixed cyclic self
syn keyword limboStructure	adt module fn type con
syn keyword limboOperator	hd tl len tagof load of
syn keyword limboConstant	nil iota
syn keyword limboInclude	include implement import

" names where they are declared; the last two before functions, so that `f(' at the margin wins
syn match limboDeclared		"\<\h\w*\>\ze\s*:\s*\(adt\|module\|con\|fn\|type\|exception\)\>"
syn match limboFunction		"^\h\w*\(\[[^]]*\]\)\?\(\.\h\w*\)*\ze\s*("

syn match limboOperatorSign	"->\|=>\|<-=\?\|:=\|::"

" 17, 16r1f, 2r1010, 1.5, .5, 1e10
syn match limboNumber		"\<\d\+\([rR][0-9a-zA-Z]\+\)\?\>"
syn match limboFloat		"\<\d\+\.\d*\([eE][-+]\?\d\+\)\?"
syn match limboFloat		"\(\w\)\@<!\.\d\+\([eE][-+]\?\d\+\)\?\>"
syn match limboFloat		"\<\d\+[eE][-+]\?\d\+\>"

syn match limboEscape		"\\\(u\x\{4}\|[\\'\"abfnrtv0]\)" contained
syn match limboBadEscape	"\\\(u\x\{4}\|[\\'\"abfnrtv0]\)\@!." contained
syn match limboFormat		"%[-+#, 0]*\(\*\|\d\+\)\?\(\.\(\*\|\d*\)\)\?[bhlu]*[cdxXobeEfgGsqrHC%]" contained
syn region limboString		start=+"+ skip=+\\.+ end=+"+ end=+$+ contains=limboEscape,limboBadEscape,limboFormat,@Spell
syn region limboRawString	start=+`+ end=+`+
syn match limboCharacter	"'\([^\\']\|\\u\x\{4}\|\\.\)'" contains=limboEscape,limboBadEscape

syn keyword limboTodo		TODO XXX FIXME BUG contained
syn match limboComment		"#.*$" contains=limboTodo,@Spell

" a brace that closes nothing
syn match limboParenError	")"
syn region limboParen		matchgroup=Delimiter start="(" end=")" transparent contains=TOP,limboParenError

hi def link limboStatement	Statement
hi def link limboConditional	Conditional
hi def link limboRepeat		Repeat
hi def link limboLabel		Label
hi def link limboException	Exception
hi def link limboType		Type
hi def link limboStructure	Structure
hi def link limboOperator	Operator
hi def link limboOperatorSign	Operator
hi def link limboConstant	Constant
hi def link limboInclude	Include
hi def link limboDeclared	Identifier
hi def link limboFunction	Function
hi def link limboNumber		Number
hi def link limboFloat		Float
hi def link limboEscape		SpecialChar
hi def link limboBadEscape	Error
hi def link limboFormat		Special
hi def link limboString		String
hi def link limboRawString	String
hi def link limboCharacter	Character
hi def link limboTodo		Todo
hi def link limboComment	Comment
hi def link limboParenError	Error

let b:current_syntax = 'limbo'
