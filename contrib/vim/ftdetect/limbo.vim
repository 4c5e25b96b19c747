" Limbo: programs and interfaces. A .b or .m that looks like something else keeps its type.
autocmd BufNewFile,BufRead *.b call s:program()
autocmd BufNewFile,BufRead *.m call s:interface()

" The first line that says anything: comments begin with a # in Limbo, too.
function! s:first()
	for line in getline(1, 200)
		if line !~# '^\s*\(#.*\)\?$'
			return line
		endif
	endfor
	return ''
endfunction

function! s:program()
	let first = s:first()
	if first ==# '' || first =~# '^\s*\(implement\|include\)\>'
		set filetype=limbo
	endif
endfunction

" Matlab, Objective-C and Mathematica use .m as well.
function! s:interface()
	let first = s:first()
	if first =~# '^\s*\(implement\|include\)\s.*;' || first =~# '^\s*\h\w*\s*:\s*\(module\|con\|adt\|type\)\>'
		set filetype=limbo
	endif
endfunction
