;;; limbo-mode.el --- Major mode for Limbo programs -*- lexical-binding: t -*-

;; Keywords: languages
;; Package-Requires: ((emacs "26.1"))

;;; Commentary:

;; Colours, indentation and an index for Limbo, the language of Inferno.  To use it, put this file where `load-path' leads and
;; into your init file:
;;
;;	(require 'limbo-mode)
;;
;; With Eglot, M-x eglot in a Limbo buffer starts the language server limbols(1): errors are shown while you type, M-. goes to
;; where a name is declared, completion offers the members of modules and adts.  `limbo-server' says how the server is started.

;;; Code:

(require 'imenu)

(defgroup limbo nil
  "Limbo programs."
  :group 'languages)

(defcustom limbo-indent 8
  "Columns by which blocks are indented."
  :type 'integer
  :safe #'integerp)

(defcustom limbo-server '("limbols")
  "The language server's program and its arguments."
  :type '(repeat string))

(defvar limbo-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?' "\"" table)
    (modify-syntax-entry ?` "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (dolist (c '(?+ ?- ?* ?/ ?% ?= ?< ?> ?& ?| ?^ ?~ ?! ?:))
      (modify-syntax-entry c "." table))
    table)
  "Syntax of Limbo: comments from # to the end of the line, three kinds of quotes.")

(defconst limbo-keywords
  '("adt" "alt" "break" "case" "con" "continue" "cyclic" "do" "else" "exception" "exit" "fn" "for" "if" "implement" "import"
    "include" "load" "module" "of" "or" "pick" "raise" "raises" "ref" "return" "self" "spawn" "tagof" "to" "type" "while"
    "hd" "tl" "len"))

(defconst limbo-types '("array" "big" "byte" "chan" "fixed" "int" "list" "real" "string"))

(defvar limbo-font-lock-keywords
  `((,(regexp-opt limbo-keywords 'symbols) . font-lock-keyword-face)
    (,(regexp-opt limbo-types 'symbols) . font-lock-type-face)
    (,(regexp-opt '("nil" "iota") 'symbols) . font-lock-constant-face)
    ;; functions at the margin, methods and type parameters included
    ("^\\([[:alpha:]_][[:alnum:]_]*\\(?:\\[[^]\n]*\\]\\)?\\(?:\\.[[:alpha:]_][[:alnum:]_]*\\)*\\)[ \t]*("
     1 font-lock-function-name-face)
    ("\\_<\\([[:alpha:]_][[:alnum:]_]*\\)[ \t]*:[ \t]*\\_<fn\\_>" 1 font-lock-function-name-face)
    ("\\_<\\([[:alpha:]_][[:alnum:]_]*\\)[ \t]*:[ \t]*\\_<\\(?:adt\\|module\\|type\\)\\_>" 1 font-lock-type-face)
    ("\\_<\\([[:alpha:]_][[:alnum:]_]*\\)[ \t]*:[ \t]*\\_<\\(?:con\\|exception\\)\\_>" 1 font-lock-constant-face)
    ("\\_<\\([[:alpha:]_][[:alnum:]_]*\\)[ \t]*:=" 1 font-lock-variable-name-face)
    ("\\_<\\([[:alpha:]_][[:alnum:]_]*\\)->" 1 font-lock-constant-face))
  "What `limbo-mode' colours.")

;;; Indentation

(defun limbo--code-before ()
  "Go to the end of the code before the line at point; nil if there is none."
  (beginning-of-line)
  (forward-comment (- (point)))
  (not (bobp)))

(defun limbo--column (position)
  "The indentation of the line at POSITION."
  (save-excursion
    (goto-char position)
    (current-indentation)))

(defun limbo--arm-p ()
  "Does the line at point begin an arm of case, alt, pick or exception?"
  (save-excursion
    (back-to-indentation)
    (let ((end (line-end-position))
	  (start (point))
	  found)
      (while (and (not found) (search-forward "=>" end t))
	(let ((s (parse-partial-sexp start (point))))
	  (setq found (and (<= (car s) 0) (not (nth 8 s))))))
      found)))

(defun limbo--elements-p (open)
  "Does the brace at OPEN begin the elements of an array or list?"
  (save-excursion
    (goto-char open)
    (skip-chars-backward " \t\n")
    (looking-back "\\_<of" (max (point-min) (- (point) 3)))))

(defun limbo--declaration-p ()
  "Is the line at point the declaration of a variable or an import?"
  (save-excursion
    (back-to-indentation)
    (looking-at "[[:alnum:]_, ]+[ \t]*:[ \t]*\\(import\\_>[^;]*\\|[[:upper:]][[:alnum:]_]*\\);")))

(defun limbo--outside ()
  "Indentation at module level."
  (save-excursion
    (let ((declaration (limbo--declaration-p)))
      (if (and declaration
	       (limbo--code-before)
	       (progn (back-to-indentation)
		      (or (looking-at "include\\_>")
			  (and (> (current-indentation) 0) (limbo--declaration-p)))))
	  ;; the variable that is going to hold the module just included
	  limbo-indent
	(if (save-excursion (back-to-indentation) (looking-at "[]})]\\|{"))
	    0
	  (limbo--continued 0))))))

(defun limbo--continued (column)
  "COLUMN, or more if the line at point goes on with what the line before began."
  (let ((brace (save-excursion (back-to-indentation) (looking-at "{"))))
    (save-excursion
      (if (not (limbo--code-before))
	  column
	(let* ((end (point))
	       (begin (save-excursion (back-to-indentation) (point)))
	       ;; where the bracket that is closed here was opened
	       (line (let ((s (syntax-ppss end))
			   (depth (car (syntax-ppss begin))))
		       (if (< (car s) depth)
			   (save-excursion
			     (goto-char end)
			     (condition-case nil (progn (backward-sexp) (point)) (scan-error begin)))
			 begin))))
	  (cond
	   ((memq (char-before end) '(?\; ?{ ?})) column)
	   ((and (eq (char-before end) ?>) (eq (char-before (1- end)) ?=)) column)
	   ((eq (char-before end) ?,)
	    (if (= (limbo--column line) 0) column (max column (limbo--column line))))
	   ((< begin (save-excursion (or (nth 1 (syntax-ppss end)) 0))) column)
	   (brace (max 0 (limbo--column line)))
	   (t (+ (limbo--column line) limbo-indent))))))))

(defun limbo--matching-if (open)
  "The column of the if whose else is at point; or nil.
OPEN is where the block begins."
  (save-excursion
    (let ((depth (1+ (car (save-excursion (syntax-ppss open)))))
	  (pending 0)
	  column)
      (while (and (not column) (zerop (forward-line -1)) (> (point) open))
	(back-to-indentation)
	(when (looking-at "}[ \t]*")
	  (goto-char (match-end 0)))
	(let ((s (syntax-ppss)))
	  (when (and (= (car s) depth) (not (nth 8 s)))
	    (let ((else (looking-at "else\\_>"))
		  (if (looking-at "\\(else[ \t]+\\)?if\\_>")))
	      (when if
		(if (= pending 0)
		    (setq column (current-indentation))
		  (setq pending (1- pending))))
	      (when (and else (not column))
		(setq pending (1+ pending)))))))
      column)))

(defun limbo-indentation ()
  "The column to which the line at point should be indented; nil to leave it alone."
  (save-excursion
    (back-to-indentation)
    (let* ((here (point))
	   (state (syntax-ppss (line-beginning-position)))
	   (open (nth 1 state)))
      (goto-char here)
      (cond
       ((nth 3 state) nil)
       ((null open) (limbo--outside))
       ((memq (char-after open) '(?\( ?\[))
	(if (memq (char-after here) '(?\) ?\]))
	    (limbo--column open)
	  (+ (limbo--column open) limbo-indent)))
       (t
	(let ((base (limbo--column open)))
	  (cond
	   ((eq (char-after here) ?}) base)
	   ((and (not (limbo--elements-p open)) (limbo--arm-p)) base)
	   ((and (looking-at "else\\_>") (limbo--matching-if open)))
	   ((limbo--continued (+ base limbo-indent))))))))))

(defun limbo-indent-line ()
  "Indent the line as Limbo code."
  (interactive)
  (let ((column (limbo-indentation))
	(offset (- (current-column) (current-indentation))))
    (when column
      (unless (= column (current-indentation))
	(indent-line-to column))
      (when (> offset 0)
	(move-to-column (+ column offset))))))

;;; The mode

(defvar limbo-imenu-expression
  '((nil "^\\([[:alpha:]_][[:alnum:]_.]*\\)[ \t]*(" 1)
    ("Types" "^[ \t]*\\([[:alpha:]_][[:alnum:]_]*\\)[ \t]*:[ \t]*adt\\_>" 1)
    ("Modules" "^\\([[:alpha:]_][[:alnum:]_]*\\)[ \t]*:[ \t]*module\\_>" 1))
  "What is in the index.")

;;;###autoload
(define-derived-mode limbo-mode prog-mode "Limbo"
  "Major mode for Limbo programs and interfaces."
  (setq-local comment-start "# "
	      comment-end ""
	      comment-start-skip "#+[ \t]*"
	      parse-sexp-ignore-comments t
	      indent-tabs-mode t
	      tab-width 8
	      indent-line-function #'limbo-indent-line
	      electric-indent-chars (append '(?{ ?} ?\;) electric-indent-chars)
	      imenu-generic-expression limbo-imenu-expression
	      font-lock-defaults '(limbo-font-lock-keywords)))

;; Other languages use .m, too: a file is Limbo if it begins like it.
(defun limbo-file-p ()
  "Does the buffer look like Limbo?"
  (save-excursion
    (goto-char (point-min))
    (let ((case-fold-search nil))
      (while (looking-at "[ \t]*\\(#.*\\)?\n")
	(forward-line 1))
      (looking-at (concat "[ \t]*\\(?:implement\\_>[^;\n]*;\\|include[ \t]+\"[^\"\n]*\";"
			  "\\|[[:alpha:]_][[:alnum:]_]*[ \t]*:[ \t]*\\(?:module\\|adt\\|con\\|type\\)\\_>\\)")))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.b\\'" . limbo-mode))
;;;###autoload
(add-to-list 'magic-mode-alist '(limbo-file-p . limbo-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons 'limbo-mode (lambda (&rest _) limbo-server))))

(provide 'limbo-mode)

;;; limbo-mode.el ends here
