" Limbo: settings of a buffer.
if exists('b:did_ftplugin')
	finish
endif
let b:did_ftplugin = 1

setlocal comments=:#
setlocal commentstring=#\ %s
setlocal include=^\\s*include\\s*\"
setlocal define=^\\s*\\ze\\h\\w*\\s*:\\s*\\(con\\\|fn\\\|adt\\\|module\\\|type\\)
setlocal suffixesadd=.m,.b
setlocal formatoptions-=t formatoptions+=croql
setlocal noexpandtab tabstop=8 shiftwidth=8 softtabstop=0
setlocal autoindent nosmartindent cindent
" labels and arms are no C labels, # begins comments and not directives
setlocal cinoptions=L0,:0,l1,g0,(s,u0,U1,J1,#1
setlocal cinkeys=0{,0},0),!^F,o,O,e

let b:undo_ftplugin = 'setlocal comments< commentstring< include< define< suffixesadd< formatoptions< expandtab<'
	\ . ' tabstop< shiftwidth< softtabstop< autoindent< smartindent< cindent< cinoptions< cinkeys<'
