;;; emacs.el --- limbo-mode and the language server in Emacs -*- lexical-binding: t -*-
;; Run by emacs.py with the names of the server, the source tree and an empty directory in SERVER, TREE, PLACE.
(require 'cl-lib)
(require 'bytecomp)
(setq inhibit-message t)

(defvar passed 0)
(defvar failed 0)
(defvar tree (getenv "TREE"))
(defvar place (getenv "PLACE"))

(defmacro check (name &rest body)
  "Count BODY, the test NAME, as passed if it is true and has no error."
  `(condition-case problem
       (if (progn ,@body)
	   (cl-incf passed)
	 (cl-incf failed)
	 (princ (format "FAIL %s\n" ,name)))
     (error (cl-incf failed)
	    (princ (format "FAIL %s: %S\n" ,name problem)))))

(add-to-list 'load-path (expand-file-name "contrib/emacs" tree))
;; Debian's package of Eglot, where it is not part of Emacs
(dolist (d (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa/*"))
  (add-to-list 'load-path d))
(require 'limbo-mode)

(defconst program "implement Hello;

include \"sys.m\";
	sys: Sys;

Hello: module
{
	init:	fn();
};

# Says hello, or \"nothing\".
greet(who: string)
{
	case who {
	\"a\" or \"b\" =>
		sys->print(\"hello, %s\\n\", who);
	* =>
		for(i := 0; i < len who; i++)
			if(who[i] == '\"')
				return;
			else
				;
	}
	x := array[] of {
		1 => 2,
		* => 0
	};
	sys->print(\"%d\", foo(x[0],
		1));
}

init()
{
	sys = load Sys Sys->PATH;
	greet(hd (\"a\" :: nil));
}
")

(defmacro with-program (&rest body)
  `(with-temp-buffer
     (insert program)
     (limbo-mode)
     (font-lock-ensure)
     (goto-char (point-min))
     ,@body))

(defun face-of (text)
  (goto-char (point-min))
  (search-forward text)
  (get-text-property (match-beginning 0) 'face))

(check "faces"
  (with-program
   (and (eq (face-of "implement") 'font-lock-keyword-face)
	(eq (face-of "greet(") 'font-lock-function-name-face)
	(eq (face-of "init:") 'font-lock-function-name-face)
	(eq (face-of "Hello: module") 'font-lock-type-face)
	(memq (face-of "Says") '(font-lock-comment-face font-lock-comment-delimiter-face))
	(eq (face-of "hello, %s") 'font-lock-string-face)
	(eq (face-of "return") 'font-lock-keyword-face)
	(eq (face-of "string)") 'font-lock-type-face)
	(eq (face-of "x :=") 'font-lock-variable-name-face))))

(check "indentation"
  (with-program
   (indent-region (point-min) (point-max))
   (or (string= (buffer-string) program)
       (progn (princ (buffer-string)) nil))))

(check "indentation from nothing"
  (with-program
   (let (indented)
     ;; `sys: Sys;' belongs to the include above it; the rest finds its place without help
     (while (re-search-forward "^[ \t]+" nil t)
       (replace-match ""))
     (indent-region (point-min) (point-max))
     (setq indented (buffer-string))
     (or (string= indented program)
	 (progn (princ indented) nil)))))

(check "indentation of the programs"
  (let ((lines 0) (other 0))
    (dolist (f (append (file-expand-wildcards (expand-file-name "appl/cmd/*.b" tree))
		       (file-expand-wildcards (expand-file-name "appl/lib/*.b" tree))))
      (with-temp-buffer
	(insert-file-contents f)
	(limbo-mode)
	(goto-char (point-min))
	(while (not (eobp))
	  (unless (looking-at "[ \t]*\\(#\\|$\\)")
	    (let ((column (limbo-indentation)))
	      (cl-incf lines)
	      (unless (or (null column) (= column (current-indentation)))
		(cl-incf other))))
	  (forward-line 1))))
    (or (and (> lines 1000) (< (* other 100) lines))
	(progn (princ (format "%d of %d lines\n" other lines)) nil))))

(check "index"
  (with-program
   (let ((index (imenu--make-index-alist t)))
     (and (assoc "greet" index) (assoc "init" index) (assoc "Hello" (cdr (assoc "Modules" index)))))))

(check "which files"
  (let ((name (expand-file-name "matrix.m" place)))
    (cl-flet ((mode-of (text)
		(with-temp-file name (insert text))
		(with-current-buffer (find-file-noselect name)
		  (prog1 major-mode
		    (kill-buffer)))))
      (and (eq (mode-of "Sys: module\n{\n};\n") 'limbo-mode)
	   (eq (mode-of "# one\n\ninclude \"sys.m\";\n") 'limbo-mode)
	   (not (eq (mode-of "#import <Foundation/Foundation.h>\n") 'limbo-mode))
	   (not (eq (mode-of "function y = f(x)\n") 'limbo-mode))))))

(check "byte compilation"
  (let ((byte-compile-error-on-warn t)
	(byte-compile-dest-file-function (lambda (_) (expand-file-name "limbo-mode.elc" place))))
    (byte-compile-file (expand-file-name "contrib/emacs/limbo-mode.el" tree))))

(if (not (require 'eglot nil t))
    (princ "Eglot is not installed: its tests are left out\n")
  (declare-function eglot-current-server "eglot")
  (declare-function eglot-shutdown "eglot")
  (declare-function xref-backend-definitions "xref")
  (require 'xref)
  (setq limbo-server (list (getenv "SERVER") "-I" (expand-file-name "module" tree)))
  (setq-default eglot-sync-connect 20)
  (let ((name (expand-file-name "hello.b" place)))
    (with-temp-file name (insert program))
    (find-file name)
    (call-interactively 'eglot)
    (check "server"
      (eglot-current-server))
    (check "definition"
      (goto-char (point-min))
      (search-forward "greet(hd")
      (backward-char 4)
      (let ((x (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot))))
	(and (= (length x) 1)
	     (= (xref-location-line (xref-item-location (car x))) 12))))
    (check "definition in an interface"
      (goto-char (point-min))
      (search-forward "sys->prin")
      (let ((x (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot))))
	(string-suffix-p "module/sys.m" (xref-location-group (xref-item-location (car x))))))
    (check "completion"
      (goto-char (point-min))
      (search-forward "sys = load")
      (beginning-of-line)
      (insert "sys->pr\n")
      (backward-char 1)
      (let* ((c (run-hook-wrapped 'completion-at-point-functions
				  (lambda (f) (let ((r (funcall f))) (and (consp r) r)))))
	     (all (all-completions "pr" (nth 2 c))))
	(and (member "print" all) (member "pread" all) (not (member "write" all)))))
    (set-buffer-modified-p nil)
    (progn
      (eglot-shutdown (eglot-current-server)))))

(princ (format "%d passed, %d failed\n" passed failed))
(kill-emacs (if (> failed 0) 1 0))
