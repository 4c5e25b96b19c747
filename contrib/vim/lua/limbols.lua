-- The Limbo language server in Neovim (0.7 or later):
--	require('limbols').setup({ cmd = { 'limbols', '-w' } })
-- Every Limbo buffer is attached to one server: diagnostics appear by themselves, CTRL-X CTRL-O completes, `gd` goes to where a
-- name is declared, `K` tells what it is.
local M = {}

local client

local function attach(buf, options)
	local config = vim.tbl_extend('force', {
		name = 'limbols',
		cmd = { 'limbols' },
		root_dir = vim.fn.getcwd(),
	}, options)
	if client == nil or vim.lsp.get_client_by_id(client) == nil then
		client = vim.lsp.start_client(config)
	end
	if client == nil or not vim.lsp.buf_attach_client(buf, client) then
		return
	end
	vim.bo[buf].omnifunc = 'v:lua.vim.lsp.omnifunc'
	for key, what in pairs({ gd = vim.lsp.buf.definition, K = vim.lsp.buf.hover }) do
		vim.keymap.set('n', key, what, { buffer = buf, silent = true })
	end
end

function M.setup(options)
	vim.api.nvim_create_autocmd('FileType', {
		pattern = 'limbo',
		callback = function(event)
			attach(event.buf, options or {})
		end,
	})
end

return M
