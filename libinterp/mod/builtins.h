/*
 * The functions of the builtin modules: names, link signatures, frames. Made from the module declarations (module/);
 * signatures and layouts are those that object files in circulation were compiled against.
 *
 * BUILTINS_Mod(X) calls X(C name, "name", signature, frame size, bytes of pointer map, "map", variable arguments) for
 * each function of $Mod in link order. For each there is a struct F_Mod_fn, its frame as the callee sees it: arguments
 * are a0, a1, ... in order (the first is the self argument where there is one); tuple members are t0, t1, ... And where
 * the result is a tuple or an adt, struct R_Mod_fn. Members named like a C keyword have a _ appended.
 *
 * The file of a module says BUILTIN_DECLS(Mod), defines each function as int Mod_fn(Prog *p, void *fp), ends with
 * BUILTIN_MODULE(Mod, init), and a line in mod/modtab.h makes it known to the machine.
 */
#ifndef LIBINTERP_MOD_BUILTINS_H
#define LIBINTERP_MOD_BUILTINS_H

#include "libinterp/interp.h"

#define BUILTIN_DECL(c, name, sig, size, nmap, map, varargs) int c(Prog *, void *);
#define BUILTIN_ENTRY(c, name, sig, size, nmap, map, varargs) {name, c, sig, size, nmap, map, varargs},

/* Defines the table of module $mod as builtin_##mod. initfn: int (*)(void) or NULL. */
#define BUILTIN_MODULE(mod, initfn) \
	static const Builtinfn builtinfn_##mod[] = {BUILTINS_##mod(BUILTIN_ENTRY)}; \
	extern const Builtinmod builtin_##mod; \
	const Builtinmod builtin_##mod = { \
		"$" #mod, builtinfn_##mod, (int)(sizeof builtinfn_##mod / sizeof builtinfn_##mod[0]), initfn, \
	};
/* Declares its functions; put it before their definitions. */
#define BUILTIN_DECLS(mod) BUILTINS_##mod(BUILTIN_DECL)

/* clang-format off */

/* ------------------------------------------------------------ $Sys */

#define BUILTINS_Sys(X) \
	X(Sys_announce, "announce", 0x0b7c4ac0, 40, 2, "\x00\x80", false) \
	X(Sys_aprint, "aprint", 0x77442d46, 40, 2, "\x00\x80", true) \
	X(Sys_bind, "bind", 0x66326d91, 48, 2, "\x00\xc0", false) \
	X(Sys_byte2char, "byte2char", 0x3d6094f9, 40, 2, "\x00\x80", false) \
	X(Sys_char2byte, "char2byte", 0x2ba5ab41, 48, 2, "\x00\x40", false) \
	X(Sys_chdir, "chdir", 0xc6935858, 40, 2, "\x00\x80", false) \
	X(Sys_create, "create", 0x54db77d9, 48, 2, "\x00\x80", false) \
	X(Sys_dial, "dial", 0x29e90174, 40, 2, "\x00\xc0", false) \
	X(Sys_dirread, "dirread", 0x72210d71, 40, 2, "\x00\x80", false) \
	X(Sys_dup, "dup", 0x6584767b, 40, 0, "", false) \
	X(Sys_export, "export", 0x6fc6dc03, 48, 2, "\x00\xc0", false) \
	X(Sys_fauth, "fauth", 0x20ccc34b, 40, 2, "\x00\xc0", false) \
	X(Sys_fd2path, "fd2path", 0x749c6042, 40, 2, "\x00\x80", false) \
	X(Sys_fildes, "fildes", 0x1478f993, 40, 0, "", false) \
	X(Sys_file2chan, "file2chan", 0x9f34d686, 40, 2, "\x00\xc0", false) \
	X(Sys_fprint, "fprint", 0xf46486c8, 40, 2, "\x00\xc0", true) \
	X(Sys_fstat, "fstat", 0xda4499c2, 40, 2, "\x00\x80", false) \
	X(Sys_fversion, "fversion", 0xfe9c0a06, 48, 2, "\x00\xa0", false) \
	X(Sys_fwstat, "fwstat", 0x50a6c7e0, 104, 2, "\x00\xbc", false) \
	X(Sys_iounit, "iounit", 0x5583b730, 40, 2, "\x00\x80", false) \
	X(Sys_listen, "listen", 0xb97416e0, 48, 2, "\x00\xe0", false) \
	X(Sys_millisec, "millisec", 0x616977e8, 32, 0, "", false) \
	X(Sys_mount, "mount", 0x74c17b3a, 56, 2, "\x00\xe8", false) \
	X(Sys_open, "open", 0x8f477f99, 40, 2, "\x00\x80", false) \
	X(Sys_pctl, "pctl", 0x05df27fb, 40, 2, "\x00\x40", false) \
	X(Sys_pipe, "pipe", 0x1f2c52ea, 40, 2, "\x00\x80", false) \
	X(Sys_pread, "pread", 0x09d8aac6, 56, 2, "\x00\xc0", false) \
	X(Sys_print, "print", 0xac849033, 40, 2, "\x00\x80", true) \
	X(Sys_pwrite, "pwrite", 0x09d8aac6, 56, 2, "\x00\xc0", false) \
	X(Sys_read, "read", 0x7cfef557, 48, 2, "\x00\xc0", false) \
	X(Sys_readn, "readn", 0x7cfef557, 48, 2, "\x00\xc0", false) \
	X(Sys_remove, "remove", 0xc6935858, 40, 2, "\x00\x80", false) \
	X(Sys_seek, "seek", 0xaeccaddb, 56, 2, "\x00\x80", false) \
	X(Sys_sleep, "sleep", 0xe67bf126, 40, 0, "", false) \
	X(Sys_sprint, "sprint", 0x4c0624b6, 40, 2, "\x00\x80", true) \
	X(Sys_stat, "stat", 0x319328dd, 40, 2, "\x00\x80", false) \
	X(Sys_stream, "stream", 0xb9e8f9ea, 48, 2, "\x00\xc0", false) \
	X(Sys_tokenize, "tokenize", 0x57338f20, 40, 2, "\x00\xc0", false) \
	X(Sys_unmount, "unmount", 0x21e337e3, 40, 2, "\x00\xc0", false) \
	X(Sys_utfbytes, "utfbytes", 0x01d4a1f4, 40, 2, "\x00\x80", false) \
	X(Sys_werrstr, "werrstr", 0xc6935858, 40, 2, "\x00\x80", false) \
	X(Sys_write, "write", 0x7cfef557, 48, 2, "\x00\xc0", false) \
	X(Sys_wstat, "wstat", 0x56b02096, 104, 2, "\x00\xbc", false)

struct F_Sys_announce {
	Framehead head;
	Ref a0;
};

struct R_Sys_announce {
	int32_t t0;
	struct {
		Ref dfd;
		Ref cfd;
		Ref dir;
	} t1;
};

struct F_Sys_aprint {
	Framehead head;
	Ref a0;
};

struct F_Sys_bind {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Sys_byte2char {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct R_Sys_byte2char {
	int32_t t0;
	int32_t t1;
	int32_t t2;
};

struct F_Sys_char2byte {
	Framehead head;
	int32_t a0;
	Ref a1;
	int32_t a2;
};

struct F_Sys_chdir {
	Framehead head;
	Ref a0;
};

struct F_Sys_create {
	Framehead head;
	Ref a0;
	int32_t a1;
	int32_t a2;
};

struct F_Sys_dial {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct R_Sys_dial {
	int32_t t0;
	struct {
		Ref dfd;
		Ref cfd;
		Ref dir;
	} t1;
};

struct F_Sys_dirread {
	Framehead head;
	Ref a0;
};

struct R_Sys_dirread {
	int32_t t0;
	Ref t1;
};

struct F_Sys_dup {
	Framehead head;
	int32_t a0;
	int32_t a1;
};

struct F_Sys_export {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Sys_fauth {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Sys_fd2path {
	Framehead head;
	Ref a0;
};

struct F_Sys_fildes {
	Framehead head;
	int32_t a0;
};

struct F_Sys_file2chan {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Sys_fprint {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Sys_fstat {
	Framehead head;
	Ref a0;
};

struct R_Sys_fstat {
	int32_t t0;
	struct {
		Ref name;
		Ref uid;
		Ref gid;
		Ref muid;
		struct {
			int64_t path;
			int32_t vers;
			int32_t qtype;
		} qid;
		int32_t mode;
		int32_t atime;
		int32_t mtime;
		int64_t length;
		int32_t dtype;
		int32_t dev;
	} t1;
};

struct F_Sys_fversion {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
};

struct R_Sys_fversion {
	int32_t t0;
	Ref t1;
};

struct F_Sys_fwstat {
	Framehead head;
	Ref a0;
	struct {
		Ref name;
		Ref uid;
		Ref gid;
		Ref muid;
		struct {
			int64_t path;
			int32_t vers;
			int32_t qtype;
		} qid;
		int32_t mode;
		int32_t atime;
		int32_t mtime;
		int64_t length;
		int32_t dtype;
		int32_t dev;
	} a1;
};

struct F_Sys_iounit {
	Framehead head;
	Ref a0;
};

struct F_Sys_listen {
	Framehead head;
	struct {
		Ref dfd;
		Ref cfd;
		Ref dir;
	} a0;
};

struct R_Sys_listen {
	int32_t t0;
	struct {
		Ref dfd;
		Ref cfd;
		Ref dir;
	} t1;
};

struct F_Sys_millisec {
	Framehead head;
};

struct F_Sys_mount {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
	int32_t a3;
	Ref a4;
};

struct F_Sys_open {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Sys_pctl {
	Framehead head;
	int32_t a0;
	Ref a1;
};

struct F_Sys_pipe {
	Framehead head;
	Ref a0;
};

struct F_Sys_pread {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int64_t a3;
};

struct F_Sys_print {
	Framehead head;
	Ref a0;
};

struct F_Sys_pwrite {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int64_t a3;
};

struct F_Sys_read {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Sys_readn {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Sys_remove {
	Framehead head;
	Ref a0;
};

struct F_Sys_seek {
	Framehead head;
	Ref a0;
	int64_t a1;
	int32_t a2;
};

struct F_Sys_sleep {
	Framehead head;
	int32_t a0;
};

struct F_Sys_sprint {
	Framehead head;
	Ref a0;
};

struct F_Sys_stat {
	Framehead head;
	Ref a0;
};

struct R_Sys_stat {
	int32_t t0;
	struct {
		Ref name;
		Ref uid;
		Ref gid;
		Ref muid;
		struct {
			int64_t path;
			int32_t vers;
			int32_t qtype;
		} qid;
		int32_t mode;
		int32_t atime;
		int32_t mtime;
		int64_t length;
		int32_t dtype;
		int32_t dev;
	} t1;
};

struct F_Sys_stream {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Sys_tokenize {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct R_Sys_tokenize {
	int32_t t0;
	Ref t1;
};

struct F_Sys_unmount {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Sys_utfbytes {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Sys_werrstr {
	Framehead head;
	Ref a0;
};

struct F_Sys_write {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Sys_wstat {
	Framehead head;
	Ref a0;
	struct {
		Ref name;
		Ref uid;
		Ref gid;
		Ref muid;
		struct {
			int64_t path;
			int32_t vers;
			int32_t qtype;
		} qid;
		int32_t mode;
		int32_t atime;
		int32_t mtime;
		int64_t length;
		int32_t dtype;
		int32_t dev;
	} a1;
};


/* ------------------------------------------------------------ $Srv */

#define BUILTINS_Srv(X) \
	X(Srv_init, "init", 0x9cd71c5e, 32, 0, "", false) \
	X(Srv_ipa2h, "ipa2h", 0xaf4c19dd, 40, 2, "\x00\x80", false) \
	X(Srv_iph2a, "iph2a", 0xaf4c19dd, 40, 2, "\x00\x80", false) \
	X(Srv_ipn2p, "ipn2p", 0xea1a6969, 40, 2, "\x00\xc0", false)

struct F_Srv_init {
	Framehead head;
};

struct F_Srv_ipa2h {
	Framehead head;
	Ref a0;
};

struct F_Srv_iph2a {
	Framehead head;
	Ref a0;
};

struct F_Srv_ipn2p {
	Framehead head;
	Ref a0;
	Ref a1;
};


/* ------------------------------------------------------------ $Math */

#define BUILTINS_Math(X) \
	X(Math_FPcontrol, "FPcontrol", 0x6584767b, 40, 0, "", false) \
	X(Math_FPstatus, "FPstatus", 0x6584767b, 40, 0, "", false) \
	X(Math_acos, "acos", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_acosh, "acosh", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_asin, "asin", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_asinh, "asinh", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_atan, "atan", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_atan2, "atan2", 0xf293f6cf, 48, 0, "", false) \
	X(Math_atanh, "atanh", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_bits32real, "bits32real", 0x40a58596, 40, 0, "", false) \
	X(Math_bits64real, "bits64real", 0x5463c72c, 40, 0, "", false) \
	X(Math_cbrt, "cbrt", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_ceil, "ceil", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_copysign, "copysign", 0xf293f6cf, 48, 0, "", false) \
	X(Math_cos, "cos", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_cosh, "cosh", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_dot, "dot", 0xfeca4db6, 40, 2, "\x00\xc0", false) \
	X(Math_erf, "erf", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_erfc, "erfc", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_exp, "exp", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_expm1, "expm1", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_export_int, "export_int", 0x3f1d94ee, 40, 2, "\x00\xc0", false) \
	X(Math_export_real, "export_real", 0xd1fb0c8c, 40, 2, "\x00\xc0", false) \
	X(Math_export_real32, "export_real32", 0xd1fb0c8c, 40, 2, "\x00\xc0", false) \
	X(Math_fabs, "fabs", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_fdim, "fdim", 0xf293f6cf, 48, 0, "", false) \
	X(Math_finite, "finite", 0x7b2e5f52, 40, 0, "", false) \
	X(Math_floor, "floor", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_fmax, "fmax", 0xf293f6cf, 48, 0, "", false) \
	X(Math_fmin, "fmin", 0xf293f6cf, 48, 0, "", false) \
	X(Math_fmod, "fmod", 0xf293f6cf, 48, 0, "", false) \
	X(Math_gemm, "gemm", 0x53b8cd34, 96, 3, "\x00\x00\xa2", false) \
	X(Math_getFPcontrol, "getFPcontrol", 0x616977e8, 32, 0, "", false) \
	X(Math_getFPstatus, "getFPstatus", 0x616977e8, 32, 0, "", false) \
	X(Math_hypot, "hypot", 0xf293f6cf, 48, 0, "", false) \
	X(Math_iamax, "iamax", 0xa5fc2e4d, 40, 2, "\x00\x80", false) \
	X(Math_ilogb, "ilogb", 0x7b2e5f52, 40, 0, "", false) \
	X(Math_import_int, "import_int", 0x3f1d94ee, 40, 2, "\x00\xc0", false) \
	X(Math_import_real, "import_real", 0xd1fb0c8c, 40, 2, "\x00\xc0", false) \
	X(Math_import_real32, "import_real32", 0xd1fb0c8c, 40, 2, "\x00\xc0", false) \
	X(Math_isnan, "isnan", 0x7b2e5f52, 40, 0, "", false) \
	X(Math_j0, "j0", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_j1, "j1", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_jn, "jn", 0xb61ffc5b, 48, 0, "", false) \
	X(Math_lgamma, "lgamma", 0x6e97c646, 40, 0, "", false) \
	X(Math_log, "log", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_log10, "log10", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_log1p, "log1p", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_modf, "modf", 0x6e97c646, 40, 0, "", false) \
	X(Math_nextafter, "nextafter", 0xf293f6cf, 48, 0, "", false) \
	X(Math_norm1, "norm1", 0x1629207e, 40, 2, "\x00\x80", false) \
	X(Math_norm2, "norm2", 0x1629207e, 40, 2, "\x00\x80", false) \
	X(Math_pow, "pow", 0xf293f6cf, 48, 0, "", false) \
	X(Math_pow10, "pow10", 0x40a58596, 40, 0, "", false) \
	X(Math_realbits32, "realbits32", 0x7b2e5f52, 40, 0, "", false) \
	X(Math_realbits64, "realbits64", 0x9589d476, 40, 0, "", false) \
	X(Math_remainder, "remainder", 0xf293f6cf, 48, 0, "", false) \
	X(Math_rint, "rint", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_scalbn, "scalbn", 0x64fa84ba, 48, 0, "", false) \
	X(Math_sin, "sin", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_sinh, "sinh", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_sort, "sort", 0x0fc7c7b8, 40, 2, "\x00\xc0", false) \
	X(Math_sqrt, "sqrt", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_tan, "tan", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_tanh, "tanh", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_y0, "y0", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_y1, "y1", 0xa1d1fe48, 40, 0, "", false) \
	X(Math_yn, "yn", 0xb61ffc5b, 48, 0, "", false)

struct F_Math_FPcontrol {
	Framehead head;
	int32_t a0;
	int32_t a1;
};

struct F_Math_FPstatus {
	Framehead head;
	int32_t a0;
	int32_t a1;
};

struct F_Math_acos {
	Framehead head;
	double a0;
};

struct F_Math_acosh {
	Framehead head;
	double a0;
};

struct F_Math_asin {
	Framehead head;
	double a0;
};

struct F_Math_asinh {
	Framehead head;
	double a0;
};

struct F_Math_atan {
	Framehead head;
	double a0;
};

struct F_Math_atan2 {
	Framehead head;
	double a0;
	double a1;
};

struct F_Math_atanh {
	Framehead head;
	double a0;
};

struct F_Math_bits32real {
	Framehead head;
	int32_t a0;
};

struct F_Math_bits64real {
	Framehead head;
	int64_t a0;
};

struct F_Math_cbrt {
	Framehead head;
	double a0;
};

struct F_Math_ceil {
	Framehead head;
	double a0;
};

struct F_Math_copysign {
	Framehead head;
	double a0;
	double a1;
};

struct F_Math_cos {
	Framehead head;
	double a0;
};

struct F_Math_cosh {
	Framehead head;
	double a0;
};

struct F_Math_dot {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Math_erf {
	Framehead head;
	double a0;
};

struct F_Math_erfc {
	Framehead head;
	double a0;
};

struct F_Math_exp {
	Framehead head;
	double a0;
};

struct F_Math_expm1 {
	Framehead head;
	double a0;
};

struct F_Math_export_int {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Math_export_real {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Math_export_real32 {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Math_fabs {
	Framehead head;
	double a0;
};

struct F_Math_fdim {
	Framehead head;
	double a0;
	double a1;
};

struct F_Math_finite {
	Framehead head;
	double a0;
};

struct F_Math_floor {
	Framehead head;
	double a0;
};

struct F_Math_fmax {
	Framehead head;
	double a0;
	double a1;
};

struct F_Math_fmin {
	Framehead head;
	double a0;
	double a1;
};

struct F_Math_fmod {
	Framehead head;
	double a0;
	double a1;
};

struct F_Math_gemm {
	Framehead head;
	int32_t a0;
	int32_t a1;
	int32_t a2;
	int32_t a3;
	int32_t a4;
	double a5;
	Ref a6;
	int32_t a7;
	Ref a8;
	int32_t a9;
	double a10;
	Ref a11;
	int32_t a12;
};

struct F_Math_getFPcontrol {
	Framehead head;
};

struct F_Math_getFPstatus {
	Framehead head;
};

struct F_Math_hypot {
	Framehead head;
	double a0;
	double a1;
};

struct F_Math_iamax {
	Framehead head;
	Ref a0;
};

struct F_Math_ilogb {
	Framehead head;
	double a0;
};

struct F_Math_import_int {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Math_import_real {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Math_import_real32 {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Math_isnan {
	Framehead head;
	double a0;
};

struct F_Math_j0 {
	Framehead head;
	double a0;
};

struct F_Math_j1 {
	Framehead head;
	double a0;
};

struct F_Math_jn {
	Framehead head;
	int32_t a0;
	double a1;
};

struct F_Math_lgamma {
	Framehead head;
	double a0;
};

struct R_Math_lgamma {
	int32_t t0;
	double t1;
};

struct F_Math_log {
	Framehead head;
	double a0;
};

struct F_Math_log10 {
	Framehead head;
	double a0;
};

struct F_Math_log1p {
	Framehead head;
	double a0;
};

struct F_Math_modf {
	Framehead head;
	double a0;
};

struct R_Math_modf {
	int32_t t0;
	double t1;
};

struct F_Math_nextafter {
	Framehead head;
	double a0;
	double a1;
};

struct F_Math_norm1 {
	Framehead head;
	Ref a0;
};

struct F_Math_norm2 {
	Framehead head;
	Ref a0;
};

struct F_Math_pow {
	Framehead head;
	double a0;
	double a1;
};

struct F_Math_pow10 {
	Framehead head;
	int32_t a0;
};

struct F_Math_realbits32 {
	Framehead head;
	double a0;
};

struct F_Math_realbits64 {
	Framehead head;
	double a0;
};

struct F_Math_remainder {
	Framehead head;
	double a0;
	double a1;
};

struct F_Math_rint {
	Framehead head;
	double a0;
};

struct F_Math_scalbn {
	Framehead head;
	double a0;
	int32_t a1;
};

struct F_Math_sin {
	Framehead head;
	double a0;
};

struct F_Math_sinh {
	Framehead head;
	double a0;
};

struct F_Math_sort {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Math_sqrt {
	Framehead head;
	double a0;
};

struct F_Math_tan {
	Framehead head;
	double a0;
};

struct F_Math_tanh {
	Framehead head;
	double a0;
};

struct F_Math_y0 {
	Framehead head;
	double a0;
};

struct F_Math_y1 {
	Framehead head;
	double a0;
};

struct F_Math_yn {
	Framehead head;
	int32_t a0;
	double a1;
};


/* ------------------------------------------------------------ $Loader */

#define BUILTINS_Loader(X) \
	X(Loader_compile, "compile", 0x9af56bb1, 40, 2, "\x00\x80", false) \
	X(Loader_dnew, "dnew", 0x62a7cf80, 40, 2, "\x00\x40", false) \
	X(Loader_ext, "ext", 0xcd936c80, 48, 2, "\x00\x80", false) \
	X(Loader_ifetch, "ifetch", 0xfb64be19, 40, 2, "\x00\x80", false) \
	X(Loader_link, "link", 0xe2473595, 40, 2, "\x00\x80", false) \
	X(Loader_newmod, "newmod", 0x6de26f71, 56, 2, "\x00\x98", false) \
	X(Loader_tdesc, "tdesc", 0xb933ef75, 40, 2, "\x00\x80", false) \
	X(Loader_tnew, "tnew", 0xc1d58785, 48, 2, "\x00\xa0", false)

struct F_Loader_compile {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Loader_dnew {
	Framehead head;
	int32_t a0;
	Ref a1;
};

struct F_Loader_ext {
	Framehead head;
	Ref a0;
	int32_t a1;
	int32_t a2;
	int32_t a3;
};

struct F_Loader_ifetch {
	Framehead head;
	Ref a0;
};

struct F_Loader_link {
	Framehead head;
	Ref a0;
};

struct F_Loader_newmod {
	Framehead head;
	Ref a0;
	int32_t a1;
	int32_t a2;
	Ref a3;
	Ref a4;
};

struct F_Loader_tdesc {
	Framehead head;
	Ref a0;
};

struct F_Loader_tnew {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
};


/* ------------------------------------------------------------ $Limbo */

#define BUILTINS_Limbo(X) \
	X(Limbo_assemble, "assemble", 0x4ce6d0d8, 40, 2, "\x00\x80", false) \
	X(Limbo_compile, "compile", 0xc0ceedc6, 40, 2, "\x00\xc0", false)

struct F_Limbo_assemble {
	Framehead head;
	Ref a0;
};

struct R_Limbo_assemble {
	Ref t0;
	int32_t t1;
	Ref t2;
};

struct F_Limbo_compile {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct R_Limbo_compile {
	Ref t0;
	Ref t1;
	Ref t2;
	Ref t3;
};


/* ------------------------------------------------------------ $Draw */

#define BUILTINS_Draw(X) \
	X(Draw_Chans_depth, "Chans.depth", 0x090b71a6, 40, 0, "", false) \
	X(Draw_Chans_eq, "Chans.eq", 0x2ba41fd4, 40, 0, "", false) \
	X(Draw_Chans_mk, "Chans.mk", 0xadae6aad, 40, 2, "\x00\x80", false) \
	X(Draw_Chans_text, "Chans.text", 0xb20b7b7b, 40, 0, "", false) \
	X(Draw_Display_allocate, "Display.allocate", 0x74694470, 40, 2, "\x00\x80", false) \
	X(Draw_Display_cmap2rgb, "Display.cmap2rgb", 0xda836903, 40, 2, "\x00\x80", false) \
	X(Draw_Display_cmap2rgba, "Display.cmap2rgba", 0x0a64b341, 40, 2, "\x00\x80", false) \
	X(Draw_Display_color, "Display.color", 0xac54c4aa, 40, 2, "\x00\x80", false) \
	X(Draw_Display_colormix, "Display.colormix", 0x9e941050, 48, 2, "\x00\x80", false) \
	X(Draw_Display_getwindow, "Display.getwindow", 0xdfbf1d73, 56, 2, "\x00\xf0", false) \
	X(Draw_Display_namedimage, "Display.namedimage", 0x47522dfe, 40, 2, "\x00\xc0", false) \
	X(Draw_Display_newimage, "Display.newimage", 0xb8479988, 64, 2, "\x00\x80", false) \
	X(Draw_Display_open, "Display.open", 0x47522dfe, 40, 2, "\x00\xc0", false) \
	X(Draw_Display_publicscreen, "Display.publicscreen", 0x507e0780, 40, 2, "\x00\x80", false) \
	X(Draw_Display_readimage, "Display.readimage", 0xd38f4d48, 40, 2, "\x00\xc0", false) \
	X(Draw_Display_rgb, "Display.rgb", 0x8e71a513, 48, 2, "\x00\x80", false) \
	X(Draw_Display_rgb2cmap, "Display.rgb2cmap", 0xbf6c3d95, 48, 2, "\x00\x80", false) \
	X(Draw_Display_startrefresh, "Display.startrefresh", 0xf0df9cae, 40, 2, "\x00\x80", false) \
	X(Draw_Display_writeimage, "Display.writeimage", 0x7bd53940, 48, 2, "\x00\xe0", false) \
	X(Draw_Font_bbox, "Font.bbox", 0x541e2d08, 40, 2, "\x00\xc0", false) \
	X(Draw_Font_build, "Font.build", 0x7fddba2c, 48, 2, "\x00\xe0", false) \
	X(Draw_Font_open, "Font.open", 0xddcb2ff0, 40, 2, "\x00\xc0", false) \
	X(Draw_Font_width, "Font.width", 0x1c70cba4, 40, 2, "\x00\xc0", false) \
	X(Draw_Image_arc, "Image.arc", 0x1685a04e, 80, 2, "\x00\x82", false) \
	X(Draw_Image_arcop, "Image.arcop", 0x8521de24, 80, 2, "\x00\x82", false) \
	X(Draw_Image_arrow, "Image.arrow", 0x7b3fc6d3, 48, 0, "", false) \
	X(Draw_Image_bezier, "Image.bezier", 0x5baca124, 96, 3, "\x00\x80\x08", false) \
	X(Draw_Image_bezierop, "Image.bezierop", 0xae13ba0e, 96, 3, "\x00\x80\x08", false) \
	X(Draw_Image_bezspline, "Image.bezspline", 0x70f06194, 64, 2, "\x00\xc4", false) \
	X(Draw_Image_bezsplineop, "Image.bezsplineop", 0x94b3bea1, 72, 2, "\x00\xc4", false) \
	X(Draw_Image_border, "Image.border", 0x59381f67, 72, 2, "\x00\x82", false) \
	X(Draw_Image_bottom, "Image.bottom", 0x642fa8b1, 40, 2, "\x00\x80", false) \
	X(Draw_Image_draw, "Image.draw", 0xe2951762, 72, 2, "\x00\x86", false) \
	X(Draw_Image_drawop, "Image.drawop", 0x7e2751d3, 72, 2, "\x00\x86", false) \
	X(Draw_Image_ellipse, "Image.ellipse", 0xea6f2000, 72, 2, "\x00\x82", false) \
	X(Draw_Image_ellipseop, "Image.ellipseop", 0xc0af34c6, 72, 2, "\x00\x82", false) \
	X(Draw_Image_fillarc, "Image.fillarc", 0x784ac6f8, 72, 2, "\x00\x84", false) \
	X(Draw_Image_fillarcop, "Image.fillarcop", 0x0bbcdbdd, 80, 2, "\x00\x84", false) \
	X(Draw_Image_fillbezier, "Image.fillbezier", 0x4a07ed44, 88, 3, "\x00\x80\x20", false) \
	X(Draw_Image_fillbezierop, "Image.fillbezierop", 0xb3796aa0, 88, 3, "\x00\x80\x20", false) \
	X(Draw_Image_fillbezspline, "Image.fillbezspline", 0x4aac99aa, 56, 2, "\x00\xd0", false) \
	X(Draw_Image_fillbezsplineop, "Image.fillbezsplineop", 0x6288a256, 64, 2, "\x00\xd0", false) \
	X(Draw_Image_fillellipse, "Image.fillellipse", 0xc2961c2b, 64, 2, "\x00\x84", false) \
	X(Draw_Image_fillellipseop, "Image.fillellipseop", 0x9816222d, 72, 2, "\x00\x84", false) \
	X(Draw_Image_fillpoly, "Image.fillpoly", 0x4aac99aa, 56, 2, "\x00\xd0", false) \
	X(Draw_Image_fillpolyop, "Image.fillpolyop", 0x6288a256, 64, 2, "\x00\xd0", false) \
	X(Draw_Image_flush, "Image.flush", 0xb09fc26e, 40, 2, "\x00\x80", false) \
	X(Draw_Image_gendraw, "Image.gendraw", 0xa30a11c7, 80, 3, "\x00\x84\x80", false) \
	X(Draw_Image_gendrawop, "Image.gendrawop", 0x03e8228a, 80, 3, "\x00\x84\x80", false) \
	X(Draw_Image_line, "Image.line", 0x7288c7b9, 80, 3, "\x00\x80\x80", false) \
	X(Draw_Image_lineop, "Image.lineop", 0xe34363b9, 80, 3, "\x00\x80\x80", false) \
	X(Draw_Image_name, "Image.name", 0xdff53107, 48, 2, "\x00\xc0", false) \
	X(Draw_Image_origin, "Image.origin", 0x9171b0bd, 56, 2, "\x00\x80", false) \
	X(Draw_Image_poly, "Image.poly", 0x70f06194, 64, 2, "\x00\xc4", false) \
	X(Draw_Image_polyop, "Image.polyop", 0x94b3bea1, 72, 2, "\x00\xc4", false) \
	X(Draw_Image_readpixels, "Image.readpixels", 0x93d30c7c, 56, 2, "\x00\x84", false) \
	X(Draw_Image_text, "Image.text", 0xa5927686, 64, 2, "\x00\x93", false) \
	X(Draw_Image_textbg, "Image.textbg", 0xbbb55403, 80, 3, "\x00\x93\x80", false) \
	X(Draw_Image_textbgop, "Image.textbgop", 0xea84ed21, 80, 3, "\x00\x93\x80", false) \
	X(Draw_Image_textop, "Image.textop", 0x22b71b43, 72, 2, "\x00\x93", false) \
	X(Draw_Image_top, "Image.top", 0x642fa8b1, 40, 2, "\x00\x80", false) \
	X(Draw_Image_writepixels, "Image.writepixels", 0x93d30c7c, 56, 2, "\x00\x84", false) \
	X(Draw_Point_add, "Point.add", 0x095a87a7, 48, 0, "", false) \
	X(Draw_Point_div, "Point.div", 0x7f0ac44e, 48, 0, "", false) \
	X(Draw_Point_eq, "Point.eq", 0xd0634e59, 48, 0, "", false) \
	X(Draw_Point_in, "Point.in", 0xcf69adf9, 56, 0, "", false) \
	X(Draw_Point_mul, "Point.mul", 0x7f0ac44e, 48, 0, "", false) \
	X(Draw_Point_sub, "Point.sub", 0x095a87a7, 48, 0, "", false) \
	X(Draw_Rect_Xrect, "Rect.Xrect", 0xd1fbcdc0, 64, 0, "", false) \
	X(Draw_Rect_addpt, "Rect.addpt", 0xbcba91ad, 56, 0, "", false) \
	X(Draw_Rect_canon, "Rect.canon", 0xe969971c, 48, 0, "", false) \
	X(Draw_Rect_clip, "Rect.clip", 0x1ad68a89, 64, 0, "", false) \
	X(Draw_Rect_combine, "Rect.combine", 0x35d786ac, 64, 0, "", false) \
	X(Draw_Rect_contains, "Rect.contains", 0x5f13af31, 56, 0, "", false) \
	X(Draw_Rect_dx, "Rect.dx", 0x8db540cc, 48, 0, "", false) \
	X(Draw_Rect_dy, "Rect.dy", 0x8db540cc, 48, 0, "", false) \
	X(Draw_Rect_eq, "Rect.eq", 0xd1fbcdc0, 64, 0, "", false) \
	X(Draw_Rect_inrect, "Rect.inrect", 0xd1fbcdc0, 64, 0, "", false) \
	X(Draw_Rect_inset, "Rect.inset", 0x01fabb24, 56, 0, "", false) \
	X(Draw_Rect_size, "Rect.size", 0x3ecfd83e, 48, 0, "", false) \
	X(Draw_Rect_subpt, "Rect.subpt", 0xbcba91ad, 56, 0, "", false) \
	X(Draw_Screen_allocate, "Screen.allocate", 0x1e813b8a, 48, 2, "\x00\xc0", false) \
	X(Draw_Screen_bottom, "Screen.bottom", 0xe2817b5f, 40, 2, "\x00\xc0", false) \
	X(Draw_Screen_newwindow, "Screen.newwindow", 0xcf19f7a8, 64, 2, "\x00\x80", false) \
	X(Draw_Screen_top, "Screen.top", 0xe2817b5f, 40, 2, "\x00\xc0", false) \
	X(Draw_bytesperline, "bytesperline", 0xab1724b2, 56, 0, "", false) \
	X(Draw_icossin, "icossin", 0x010ea0ce, 40, 0, "", false) \
	X(Draw_icossin2, "icossin2", 0xd07585f7, 40, 0, "", false) \
	X(Draw_setalpha, "setalpha", 0x6584767b, 40, 0, "", false)

struct F_Draw_Chans_depth {
	Framehead head;
	struct {
		int32_t desc;
	} a0;
};

struct F_Draw_Chans_eq {
	Framehead head;
	struct {
		int32_t desc;
	} a0;
	struct {
		int32_t desc;
	} a1;
};

struct F_Draw_Chans_mk {
	Framehead head;
	Ref a0;
};

struct R_Draw_Chans_mk {
	int32_t desc;
};

struct F_Draw_Chans_text {
	Framehead head;
	struct {
		int32_t desc;
	} a0;
};

struct F_Draw_Display_allocate {
	Framehead head;
	Ref a0;
};

struct F_Draw_Display_cmap2rgb {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct R_Draw_Display_cmap2rgb {
	int32_t t0;
	int32_t t1;
	int32_t t2;
};

struct F_Draw_Display_cmap2rgba {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Draw_Display_color {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Draw_Display_colormix {
	Framehead head;
	Ref a0;
	int32_t a1;
	int32_t a2;
};

struct F_Draw_Display_getwindow {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
	Ref a3;
	int32_t a4;
};

struct R_Draw_Display_getwindow {
	Ref t0;
	Ref t1;
};

struct F_Draw_Display_namedimage {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Draw_Display_newimage {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	struct {
		int32_t desc;
	} a2;
	int32_t a3;
	int32_t a4;
};

struct F_Draw_Display_open {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Draw_Display_publicscreen {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Draw_Display_readimage {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Draw_Display_rgb {
	Framehead head;
	Ref a0;
	int32_t a1;
	int32_t a2;
	int32_t a3;
};

struct F_Draw_Display_rgb2cmap {
	Framehead head;
	Ref a0;
	int32_t a1;
	int32_t a2;
	int32_t a3;
};

struct F_Draw_Display_startrefresh {
	Framehead head;
	Ref a0;
};

struct F_Draw_Display_writeimage {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Draw_Font_bbox {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct R_Draw_Font_bbox {
	struct {
		int32_t x;
		int32_t y;
	} min;
	struct {
		int32_t x;
		int32_t y;
	} max;
};

struct F_Draw_Font_build {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Draw_Font_open {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Draw_Font_width {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Draw_Image_arc {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	int32_t a2;
	int32_t a3;
	int32_t a4;
	Ref a5;
	struct {
		int32_t x;
		int32_t y;
	} a6;
	int32_t a7;
	int32_t a8;
};

struct F_Draw_Image_arcop {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	int32_t a2;
	int32_t a3;
	int32_t a4;
	Ref a5;
	struct {
		int32_t x;
		int32_t y;
	} a6;
	int32_t a7;
	int32_t a8;
	int32_t a9;
};

struct F_Draw_Image_arrow {
	Framehead head;
	int32_t a0;
	int32_t a1;
	int32_t a2;
};

struct F_Draw_Image_bezier {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	struct {
		int32_t x;
		int32_t y;
	} a2;
	struct {
		int32_t x;
		int32_t y;
	} a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
	int32_t a5;
	int32_t a6;
	int32_t a7;
	Ref a8;
	struct {
		int32_t x;
		int32_t y;
	} a9;
};

struct F_Draw_Image_bezierop {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	struct {
		int32_t x;
		int32_t y;
	} a2;
	struct {
		int32_t x;
		int32_t y;
	} a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
	int32_t a5;
	int32_t a6;
	int32_t a7;
	Ref a8;
	struct {
		int32_t x;
		int32_t y;
	} a9;
	int32_t a10;
};

struct F_Draw_Image_bezspline {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
	int32_t a4;
	Ref a5;
	struct {
		int32_t x;
		int32_t y;
	} a6;
};

struct F_Draw_Image_bezsplineop {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
	int32_t a4;
	Ref a5;
	struct {
		int32_t x;
		int32_t y;
	} a6;
	int32_t a7;
};

struct F_Draw_Image_border {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	int32_t a2;
	Ref a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
};

struct F_Draw_Image_bottom {
	Framehead head;
	Ref a0;
};

struct F_Draw_Image_draw {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	Ref a2;
	Ref a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
};

struct F_Draw_Image_drawop {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	Ref a2;
	Ref a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
	int32_t a5;
};

struct F_Draw_Image_ellipse {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	int32_t a2;
	int32_t a3;
	int32_t a4;
	Ref a5;
	struct {
		int32_t x;
		int32_t y;
	} a6;
};

struct F_Draw_Image_ellipseop {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	int32_t a2;
	int32_t a3;
	int32_t a4;
	Ref a5;
	struct {
		int32_t x;
		int32_t y;
	} a6;
	int32_t a7;
};

struct F_Draw_Image_fillarc {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	int32_t a2;
	int32_t a3;
	Ref a4;
	struct {
		int32_t x;
		int32_t y;
	} a5;
	int32_t a6;
	int32_t a7;
};

struct F_Draw_Image_fillarcop {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	int32_t a2;
	int32_t a3;
	Ref a4;
	struct {
		int32_t x;
		int32_t y;
	} a5;
	int32_t a6;
	int32_t a7;
	int32_t a8;
};

struct F_Draw_Image_fillbezier {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	struct {
		int32_t x;
		int32_t y;
	} a2;
	struct {
		int32_t x;
		int32_t y;
	} a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
	int32_t a5;
	Ref a6;
	struct {
		int32_t x;
		int32_t y;
	} a7;
};

struct F_Draw_Image_fillbezierop {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	struct {
		int32_t x;
		int32_t y;
	} a2;
	struct {
		int32_t x;
		int32_t y;
	} a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
	int32_t a5;
	Ref a6;
	struct {
		int32_t x;
		int32_t y;
	} a7;
	int32_t a8;
};

struct F_Draw_Image_fillbezspline {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	Ref a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
};

struct F_Draw_Image_fillbezsplineop {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	Ref a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
	int32_t a5;
};

struct F_Draw_Image_fillellipse {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	int32_t a2;
	int32_t a3;
	Ref a4;
	struct {
		int32_t x;
		int32_t y;
	} a5;
};

struct F_Draw_Image_fillellipseop {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	int32_t a2;
	int32_t a3;
	Ref a4;
	struct {
		int32_t x;
		int32_t y;
	} a5;
	int32_t a6;
};

struct F_Draw_Image_fillpoly {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	Ref a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
};

struct F_Draw_Image_fillpolyop {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	Ref a3;
	struct {
		int32_t x;
		int32_t y;
	} a4;
	int32_t a5;
};

struct F_Draw_Image_flush {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Draw_Image_gendraw {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	Ref a2;
	struct {
		int32_t x;
		int32_t y;
	} a3;
	Ref a4;
	struct {
		int32_t x;
		int32_t y;
	} a5;
};

struct F_Draw_Image_gendrawop {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	Ref a2;
	struct {
		int32_t x;
		int32_t y;
	} a3;
	Ref a4;
	struct {
		int32_t x;
		int32_t y;
	} a5;
	int32_t a6;
};

struct F_Draw_Image_line {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	struct {
		int32_t x;
		int32_t y;
	} a2;
	int32_t a3;
	int32_t a4;
	int32_t a5;
	Ref a6;
	struct {
		int32_t x;
		int32_t y;
	} a7;
};

struct F_Draw_Image_lineop {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	struct {
		int32_t x;
		int32_t y;
	} a2;
	int32_t a3;
	int32_t a4;
	int32_t a5;
	Ref a6;
	struct {
		int32_t x;
		int32_t y;
	} a7;
	int32_t a8;
};

struct F_Draw_Image_name {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Draw_Image_origin {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	struct {
		int32_t x;
		int32_t y;
	} a2;
};

struct F_Draw_Image_poly {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
	int32_t a4;
	Ref a5;
	struct {
		int32_t x;
		int32_t y;
	} a6;
};

struct F_Draw_Image_polyop {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
	int32_t a4;
	Ref a5;
	struct {
		int32_t x;
		int32_t y;
	} a6;
	int32_t a7;
};

struct F_Draw_Image_readpixels {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	Ref a2;
};

struct F_Draw_Image_text {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	Ref a2;
	struct {
		int32_t x;
		int32_t y;
	} a3;
	Ref a4;
	Ref a5;
};

struct R_Draw_Image_text {
	int32_t x;
	int32_t y;
};

struct F_Draw_Image_textbg {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	Ref a2;
	struct {
		int32_t x;
		int32_t y;
	} a3;
	Ref a4;
	Ref a5;
	Ref a6;
	struct {
		int32_t x;
		int32_t y;
	} a7;
};

struct R_Draw_Image_textbg {
	int32_t x;
	int32_t y;
};

struct F_Draw_Image_textbgop {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	Ref a2;
	struct {
		int32_t x;
		int32_t y;
	} a3;
	Ref a4;
	Ref a5;
	Ref a6;
	struct {
		int32_t x;
		int32_t y;
	} a7;
	int32_t a8;
};

struct R_Draw_Image_textbgop {
	int32_t x;
	int32_t y;
};

struct F_Draw_Image_textop {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	Ref a2;
	struct {
		int32_t x;
		int32_t y;
	} a3;
	Ref a4;
	Ref a5;
	int32_t a6;
};

struct R_Draw_Image_textop {
	int32_t x;
	int32_t y;
};

struct F_Draw_Image_top {
	Framehead head;
	Ref a0;
};

struct F_Draw_Image_writepixels {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	Ref a2;
};

struct F_Draw_Point_add {
	Framehead head;
	struct {
		int32_t x;
		int32_t y;
	} a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
};

struct R_Draw_Point_add {
	int32_t x;
	int32_t y;
};

struct F_Draw_Point_div {
	Framehead head;
	struct {
		int32_t x;
		int32_t y;
	} a0;
	int32_t a1;
};

struct R_Draw_Point_div {
	int32_t x;
	int32_t y;
};

struct F_Draw_Point_eq {
	Framehead head;
	struct {
		int32_t x;
		int32_t y;
	} a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
};

struct F_Draw_Point_in {
	Framehead head;
	struct {
		int32_t x;
		int32_t y;
	} a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
};

struct F_Draw_Point_mul {
	Framehead head;
	struct {
		int32_t x;
		int32_t y;
	} a0;
	int32_t a1;
};

struct R_Draw_Point_mul {
	int32_t x;
	int32_t y;
};

struct F_Draw_Point_sub {
	Framehead head;
	struct {
		int32_t x;
		int32_t y;
	} a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
};

struct R_Draw_Point_sub {
	int32_t x;
	int32_t y;
};

struct F_Draw_Rect_Xrect {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
};

struct F_Draw_Rect_addpt {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
};

struct R_Draw_Rect_addpt {
	struct {
		int32_t x;
		int32_t y;
	} min;
	struct {
		int32_t x;
		int32_t y;
	} max;
};

struct F_Draw_Rect_canon {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
};

struct R_Draw_Rect_canon {
	struct {
		int32_t x;
		int32_t y;
	} min;
	struct {
		int32_t x;
		int32_t y;
	} max;
};

struct F_Draw_Rect_clip {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
};

struct R_Draw_Rect_clip {
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} t0;
	int32_t t1;
};

struct F_Draw_Rect_combine {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
};

struct R_Draw_Rect_combine {
	struct {
		int32_t x;
		int32_t y;
	} min;
	struct {
		int32_t x;
		int32_t y;
	} max;
};

struct F_Draw_Rect_contains {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
};

struct F_Draw_Rect_dx {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
};

struct F_Draw_Rect_dy {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
};

struct F_Draw_Rect_eq {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
};

struct F_Draw_Rect_inrect {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
};

struct F_Draw_Rect_inset {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
	int32_t a1;
};

struct R_Draw_Rect_inset {
	struct {
		int32_t x;
		int32_t y;
	} min;
	struct {
		int32_t x;
		int32_t y;
	} max;
};

struct F_Draw_Rect_size {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
};

struct R_Draw_Rect_size {
	int32_t x;
	int32_t y;
};

struct F_Draw_Rect_subpt {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
};

struct R_Draw_Rect_subpt {
	struct {
		int32_t x;
		int32_t y;
	} min;
	struct {
		int32_t x;
		int32_t y;
	} max;
};

struct F_Draw_Screen_allocate {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Draw_Screen_bottom {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Draw_Screen_newwindow {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	int32_t a2;
	int32_t a3;
};

struct F_Draw_Screen_top {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Draw_bytesperline {
	Framehead head;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a0;
	int32_t a1;
};

struct F_Draw_icossin {
	Framehead head;
	int32_t a0;
};

struct R_Draw_icossin {
	int32_t t0;
	int32_t t1;
};

struct F_Draw_icossin2 {
	Framehead head;
	struct {
		int32_t x;
		int32_t y;
	} a0;
};

struct R_Draw_icossin2 {
	int32_t t0;
	int32_t t1;
};

struct F_Draw_setalpha {
	Framehead head;
	int32_t a0;
	int32_t a1;
};


/* ------------------------------------------------------------ $Tk */

#define BUILTINS_Tk(X) \
	X(Tk_cmd, "cmd", 0x01ee9697, 40, 2, "\x00\xc0", false) \
	X(Tk_color, "color", 0xc6935858, 40, 2, "\x00\x80", false) \
	X(Tk_getimage, "getimage", 0x80bea378, 40, 2, "\x00\xc0", false) \
	X(Tk_keyboard, "keyboard", 0x8671bae6, 40, 2, "\x00\x80", false) \
	X(Tk_namechan, "namechan", 0x35182638, 48, 2, "\x00\xe0", false) \
	X(Tk_pointer, "pointer", 0x21188625, 56, 2, "\x00\x80", false) \
	X(Tk_putimage, "putimage", 0x2dc55622, 48, 2, "\x00\xf0", false) \
	X(Tk_quote, "quote", 0xb2cd7190, 40, 2, "\x00\x80", false) \
	X(Tk_rect, "rect", 0x683e6bae, 48, 2, "\x00\xc0", false) \
	X(Tk_toplevel, "toplevel", 0x96ab1cc9, 40, 2, "\x00\xc0", false)

struct F_Tk_cmd {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Tk_color {
	Framehead head;
	Ref a0;
};

struct F_Tk_getimage {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct R_Tk_getimage {
	Ref t0;
	Ref t1;
	Ref t2;
};

struct F_Tk_keyboard {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Tk_namechan {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Tk_pointer {
	Framehead head;
	Ref a0;
	struct {
		int32_t buttons;
		struct {
			int32_t x;
			int32_t y;
		} xy;
		int32_t msec;
	} a1;
};

struct F_Tk_putimage {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
	Ref a3;
};

struct F_Tk_quote {
	Framehead head;
	Ref a0;
};

struct F_Tk_rect {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct R_Tk_rect {
	struct {
		int32_t x;
		int32_t y;
	} min;
	struct {
		int32_t x;
		int32_t y;
	} max;
};

struct F_Tk_toplevel {
	Framehead head;
	Ref a0;
	Ref a1;
};


/* ------------------------------------------------------------ $Prefab */

#define BUILTINS_Prefab(X) \
	X(Prefab_Compound_box, "Compound.box", 0xa348e0b5, 56, 2, "\x00\x98", false) \
	X(Prefab_Compound_draw, "Compound.draw", 0x650eef67, 40, 2, "\x00\x80", false) \
	X(Prefab_Compound_highlight, "Compound.highlight", 0xe80b04dd, 48, 2, "\x00\xc0", false) \
	X(Prefab_Compound_iconbox, "Compound.iconbox", 0x03d30380, 56, 2, "\x00\x9c", false) \
	X(Prefab_Compound_layoutbox, "Compound.layoutbox", 0x090dc9c7, 64, 2, "\x00\x86", false) \
	X(Prefab_Compound_redraw, "Compound.redraw", 0xf9122e75, 56, 2, "\x00\x80", false) \
	X(Prefab_Compound_scroll, "Compound.scroll", 0x85d8c2a2, 48, 2, "\x00\xc0", false) \
	X(Prefab_Compound_select, "Compound.select", 0x98bd0202, 48, 2, "\x00\xd0", false) \
	X(Prefab_Compound_show, "Compound.show", 0xdd318a2f, 40, 2, "\x00\xc0", false) \
	X(Prefab_Compound_tagselect, "Compound.tagselect", 0x98bd0202, 48, 2, "\x00\xd0", false) \
	X(Prefab_Compound_textbox, "Compound.textbox", 0x436433aa, 64, 2, "\x00\x86", false) \
	X(Prefab_Element_adjust, "Element.adjust", 0x641add7c, 48, 2, "\x00\x80", false) \
	X(Prefab_Element_append, "Element.append", 0xb54d9eb5, 40, 2, "\x00\xc0", false) \
	X(Prefab_Element_clip, "Element.clip", 0x1eff4f5b, 56, 2, "\x00\x80", false) \
	X(Prefab_Element_elist, "Element.elist", 0x9513dc0c, 48, 2, "\x00\xc0", false) \
	X(Prefab_Element_icon, "Element.icon", 0xd4099602, 64, 2, "\x00\x86", false) \
	X(Prefab_Element_layout, "Element.layout", 0xed26fcf6, 64, 2, "\x00\xc0", false) \
	X(Prefab_Element_scroll, "Element.scroll", 0x6700ca36, 48, 2, "\x00\x80", false) \
	X(Prefab_Element_separator, "Element.separator", 0xd4099602, 64, 2, "\x00\x86", false) \
	X(Prefab_Element_show, "Element.show", 0xb54d9eb5, 40, 2, "\x00\xc0", false) \
	X(Prefab_Element_text, "Element.text", 0xae479a80, 64, 2, "\x00\xc0", false) \
	X(Prefab_Element_translate, "Element.translate", 0x6700ca36, 48, 2, "\x00\x80", false)

struct F_Prefab_Compound_box {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	Ref a2;
	Ref a3;
};

struct F_Prefab_Compound_draw {
	Framehead head;
	Ref a0;
};

struct F_Prefab_Compound_highlight {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Prefab_Compound_iconbox {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
	Ref a2;
	Ref a3;
	Ref a4;
};

struct F_Prefab_Compound_layoutbox {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	Ref a2;
	Ref a3;
};

struct F_Prefab_Compound_redraw {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
};

struct F_Prefab_Compound_scroll {
	Framehead head;
	Ref a0;
	Ref a1;
	struct {
		int32_t x;
		int32_t y;
	} a2;
};

struct F_Prefab_Compound_select {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	Ref a3;
};

struct R_Prefab_Compound_select {
	int32_t t0;
	int32_t t1;
	Ref t2;
};

struct F_Prefab_Compound_show {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Prefab_Compound_tagselect {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	Ref a3;
};

struct R_Prefab_Compound_tagselect {
	int32_t t0;
	int32_t t1;
	Ref t2;
};

struct F_Prefab_Compound_textbox {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	Ref a2;
	Ref a3;
};

struct F_Prefab_Element_adjust {
	Framehead head;
	Ref a0;
	int32_t a1;
	int32_t a2;
};

struct F_Prefab_Element_append {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Prefab_Element_clip {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
};

struct F_Prefab_Element_elist {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Prefab_Element_icon {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	Ref a2;
	Ref a3;
};

struct F_Prefab_Element_layout {
	Framehead head;
	Ref a0;
	Ref a1;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a2;
	int32_t a3;
};

struct F_Prefab_Element_scroll {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
};

struct F_Prefab_Element_separator {
	Framehead head;
	Ref a0;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a1;
	Ref a2;
	Ref a3;
};

struct F_Prefab_Element_show {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Prefab_Element_text {
	Framehead head;
	Ref a0;
	Ref a1;
	struct {
		struct {
			int32_t x;
			int32_t y;
		} min;
		struct {
			int32_t x;
			int32_t y;
		} max;
	} a2;
	int32_t a3;
};

struct F_Prefab_Element_translate {
	Framehead head;
	Ref a0;
	struct {
		int32_t x;
		int32_t y;
	} a1;
};


/* ------------------------------------------------------------ $Freetype */

#define BUILTINS_Freetype(X) \
	X(Freetype_Face_haschar, "Face.haschar", 0x6a7da190, 40, 2, "\x00\x80", false) \
	X(Freetype_Face_loadglyph, "Face.loadglyph", 0xdd275b67, 40, 2, "\x00\x80", false) \
	X(Freetype_Face_setcharsize, "Face.setcharsize", 0xb282ce87, 48, 2, "\x00\x80", false) \
	X(Freetype_Face_settransform, "Face.settransform", 0xcf26b85e, 48, 2, "\x00\xe0", false) \
	X(Freetype_newface, "newface", 0x018a90be, 40, 2, "\x00\x80", false) \
	X(Freetype_newmemface, "newmemface", 0xc56f82dd, 40, 2, "\x00\x80", false)

struct F_Freetype_Face_haschar {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Freetype_Face_loadglyph {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Freetype_Face_setcharsize {
	Framehead head;
	Ref a0;
	int32_t a1;
	int32_t a2;
	int32_t a3;
};

struct F_Freetype_Face_settransform {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Freetype_newface {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Freetype_newmemface {
	Framehead head;
	Ref a0;
	int32_t a1;
};


/* ------------------------------------------------------------ $IPints */

#define BUILTINS_IPints(X) \
	X(IPints_DSAprimes, "DSAprimes", 0x40d03bb6, 32, 0, "", false) \
	X(IPints_IPint_add, "IPint.add", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(IPints_IPint_and, "IPint.and", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(IPints_IPint_b64toip, "IPint.b64toip", 0xa803ee03, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_bebytestoip, "IPint.bebytestoip", 0x6fa90725, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_bits, "IPint.bits", 0xeb4c9bad, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_bytestoip, "IPint.bytestoip", 0x6fa90725, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_cmp, "IPint.cmp", 0x79774f9e, 40, 2, "\x00\xc0", false) \
	X(IPints_IPint_copy, "IPint.copy", 0x491fbd11, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_div, "IPint.div", 0x4672bf61, 40, 2, "\x00\xc0", false) \
	X(IPints_IPint_eq, "IPint.eq", 0x79774f9e, 40, 2, "\x00\xc0", false) \
	X(IPints_IPint_expmod, "IPint.expmod", 0xe6105024, 48, 2, "\x00\xe0", false) \
	X(IPints_IPint_inttoip, "IPint.inttoip", 0x95dc8b6d, 40, 0, "", false) \
	X(IPints_IPint_invert, "IPint.invert", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(IPints_IPint_iptob64, "IPint.iptob64", 0xfab4eb8a, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_iptob64z, "IPint.iptob64z", 0xfab4eb8a, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_iptobebytes, "IPint.iptobebytes", 0xc8e5162d, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_iptobytes, "IPint.iptobytes", 0xc8e5162d, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_iptoint, "IPint.iptoint", 0xeb4c9bad, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_iptostr, "IPint.iptostr", 0xf9fdc03d, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_mod, "IPint.mod", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(IPints_IPint_mul, "IPint.mul", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(IPints_IPint_neg, "IPint.neg", 0x491fbd11, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_not, "IPint.not", 0x491fbd11, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_ori, "IPint.ori", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(IPints_IPint_random, "IPint.random", 0x95dc8b6d, 40, 0, "", false) \
	X(IPints_IPint_shl, "IPint.shl", 0xc7b0bc01, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_shr, "IPint.shr", 0xc7b0bc01, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_strtoip, "IPint.strtoip", 0x12d7a943, 40, 2, "\x00\x80", false) \
	X(IPints_IPint_sub, "IPint.sub", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(IPints_IPint_xor, "IPint.xor", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(IPints_genprime, "genprime", 0x70bcd6f1, 40, 0, "", false) \
	X(IPints_gensafeprime, "gensafeprime", 0x9a3f0392, 40, 0, "", false) \
	X(IPints_genstrongprime, "genstrongprime", 0x70bcd6f1, 40, 0, "", false) \
	X(IPints_probably_prime, "probably_prime", 0xd67dfdfa, 40, 2, "\x00\x80", false)

struct F_IPints_DSAprimes {
	Framehead head;
};

struct R_IPints_DSAprimes {
	Ref t0;
	Ref t1;
	Ref t2;
};

struct F_IPints_IPint_add {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_IPints_IPint_and {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_IPints_IPint_b64toip {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_bebytestoip {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_bits {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_bytestoip {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_cmp {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_IPints_IPint_copy {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_div {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct R_IPints_IPint_div {
	Ref t0;
	Ref t1;
};

struct F_IPints_IPint_eq {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_IPints_IPint_expmod {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_IPints_IPint_inttoip {
	Framehead head;
	int32_t a0;
};

struct F_IPints_IPint_invert {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_IPints_IPint_iptob64 {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_iptob64z {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_iptobebytes {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_iptobytes {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_iptoint {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_iptostr {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_IPints_IPint_mod {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_IPints_IPint_mul {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_IPints_IPint_neg {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_not {
	Framehead head;
	Ref a0;
};

struct F_IPints_IPint_ori {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_IPints_IPint_random {
	Framehead head;
	int32_t a0;
};

struct F_IPints_IPint_shl {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_IPints_IPint_shr {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_IPints_IPint_strtoip {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_IPints_IPint_sub {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_IPints_IPint_xor {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_IPints_genprime {
	Framehead head;
	int32_t a0;
	int32_t a1;
};

struct F_IPints_gensafeprime {
	Framehead head;
	int32_t a0;
	int32_t a1;
};

struct R_IPints_gensafeprime {
	Ref t0;
	Ref t1;
};

struct F_IPints_genstrongprime {
	Framehead head;
	int32_t a0;
	int32_t a1;
};

struct F_IPints_probably_prime {
	Framehead head;
	Ref a0;
	int32_t a1;
};


/* ------------------------------------------------------------ $Crypt */

#define BUILTINS_Crypt(X) \
	X(Crypt_DigestState_copy, "DigestState.copy", 0x491fbd11, 40, 2, "\x00\x80", false) \
	X(Crypt_aescbc, "aescbc", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Crypt_aessetup, "aessetup", 0x44452583, 40, 2, "\x00\xc0", false) \
	X(Crypt_blowfishcbc, "blowfishcbc", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Crypt_blowfishsetup, "blowfishsetup", 0x44452583, 40, 2, "\x00\xc0", false) \
	X(Crypt_descbc, "descbc", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Crypt_desecb, "desecb", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Crypt_dessetup, "dessetup", 0x44452583, 40, 2, "\x00\xc0", false) \
	X(Crypt_dhparams, "dhparams", 0x6abb2418, 40, 0, "", false) \
	X(Crypt_dsagen, "dsagen", 0xfca97ad3, 40, 2, "\x00\x80", false) \
	X(Crypt_eggen, "eggen", 0x6e59448f, 40, 0, "", false) \
	X(Crypt_genSK, "genSK", 0x5d82edbe, 40, 2, "\x00\x80", false) \
	X(Crypt_genSKfromPK, "genSKfromPK", 0x368c3183, 40, 2, "\x00\x80", false) \
	X(Crypt_hmac_md5, "hmac_md5", 0xec9ac159, 56, 2, "\x00\xb8", false) \
	X(Crypt_hmac_sha1, "hmac_sha1", 0xec9ac159, 56, 2, "\x00\xb8", false) \
	X(Crypt_ideacbc, "ideacbc", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Crypt_ideaecb, "ideaecb", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Crypt_ideasetup, "ideasetup", 0x44452583, 40, 2, "\x00\xc0", false) \
	X(Crypt_md4, "md4", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Crypt_md5, "md5", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Crypt_rc4, "rc4", 0xd051c505, 48, 2, "\x00\xc0", false) \
	X(Crypt_rc4back, "rc4back", 0x3643caf7, 40, 2, "\x00\x80", false) \
	X(Crypt_rc4setup, "rc4setup", 0x6fa90725, 40, 2, "\x00\x80", false) \
	X(Crypt_rc4skip, "rc4skip", 0x3643caf7, 40, 2, "\x00\x80", false) \
	X(Crypt_rsadecrypt, "rsadecrypt", 0x91e80677, 40, 2, "\x00\xc0", false) \
	X(Crypt_rsaencrypt, "rsaencrypt", 0x3cddeb19, 40, 2, "\x00\xc0", false) \
	X(Crypt_rsafill, "rsafill", 0x621f5851, 56, 2, "\x00\xf8", false) \
	X(Crypt_rsagen, "rsagen", 0xa59005ba, 48, 0, "", false) \
	X(Crypt_sha1, "sha1", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Crypt_sha224, "sha224", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Crypt_sha256, "sha256", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Crypt_sha384, "sha384", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Crypt_sha512, "sha512", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Crypt_sign, "sign", 0xe955b4f2, 40, 2, "\x00\xc0", false) \
	X(Crypt_sktopk, "sktopk", 0x132f856e, 40, 2, "\x00\x80", false) \
	X(Crypt_verify, "verify", 0xff419b7b, 48, 2, "\x00\xe0", false)

struct F_Crypt_DigestState_copy {
	Framehead head;
	Ref a0;
};

struct F_Crypt_aescbc {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Crypt_aessetup {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Crypt_blowfishcbc {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Crypt_blowfishsetup {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Crypt_descbc {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Crypt_desecb {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Crypt_dessetup {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Crypt_dhparams {
	Framehead head;
	int32_t a0;
};

struct R_Crypt_dhparams {
	Ref t0;
	Ref t1;
};

struct F_Crypt_dsagen {
	Framehead head;
	Ref a0;
};

struct F_Crypt_eggen {
	Framehead head;
	int32_t a0;
	int32_t a1;
};

struct F_Crypt_genSK {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Crypt_genSKfromPK {
	Framehead head;
	Ref a0;
};

struct F_Crypt_hmac_md5 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
	Ref a4;
};

struct F_Crypt_hmac_sha1 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
	Ref a4;
};

struct F_Crypt_ideacbc {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Crypt_ideaecb {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Crypt_ideasetup {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Crypt_md4 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Crypt_md5 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Crypt_rc4 {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Crypt_rc4back {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Crypt_rc4setup {
	Framehead head;
	Ref a0;
};

struct F_Crypt_rc4skip {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Crypt_rsadecrypt {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Crypt_rsaencrypt {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Crypt_rsafill {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
	Ref a3;
	Ref a4;
};

struct F_Crypt_rsagen {
	Framehead head;
	int32_t a0;
	int32_t a1;
	int32_t a2;
};

struct F_Crypt_sha1 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Crypt_sha224 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Crypt_sha256 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Crypt_sha384 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Crypt_sha512 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Crypt_sign {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Crypt_sktopk {
	Framehead head;
	Ref a0;
};

struct F_Crypt_verify {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};


/* ------------------------------------------------------------ $Keyring */

#define BUILTINS_Keyring(X) \
	X(Keyring_DSApk_verify, "DSApk.verify", 0xeca448ff, 48, 2, "\x00\xe0", false) \
	X(Keyring_DSAsk_gen, "DSAsk.gen", 0x46f0eb94, 40, 2, "\x00\x80", false) \
	X(Keyring_DSAsk_sign, "DSAsk.sign", 0x6e51e1b3, 40, 2, "\x00\xc0", false) \
	X(Keyring_DigestState_copy, "DigestState.copy", 0x491fbd11, 40, 2, "\x00\x80", false) \
	X(Keyring_EGpk_verify, "EGpk.verify", 0xfb1e256c, 48, 2, "\x00\xe0", false) \
	X(Keyring_EGsk_gen, "EGsk.gen", 0x4a59c528, 40, 0, "", false) \
	X(Keyring_EGsk_sign, "EGsk.sign", 0xca053e70, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_add, "IPint.add", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_and, "IPint.and", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_b64toip, "IPint.b64toip", 0xa803ee03, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_bebytestoip, "IPint.bebytestoip", 0x6fa90725, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_bits, "IPint.bits", 0xeb4c9bad, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_bytestoip, "IPint.bytestoip", 0x6fa90725, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_cmp, "IPint.cmp", 0x79774f9e, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_copy, "IPint.copy", 0x491fbd11, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_div, "IPint.div", 0x4672bf61, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_eq, "IPint.eq", 0x79774f9e, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_expmod, "IPint.expmod", 0xe6105024, 48, 2, "\x00\xe0", false) \
	X(Keyring_IPint_inttoip, "IPint.inttoip", 0x95dc8b6d, 40, 0, "", false) \
	X(Keyring_IPint_invert, "IPint.invert", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_iptob64, "IPint.iptob64", 0xfab4eb8a, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_iptob64z, "IPint.iptob64z", 0xfab4eb8a, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_iptobebytes, "IPint.iptobebytes", 0xc8e5162d, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_iptobytes, "IPint.iptobytes", 0xc8e5162d, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_iptoint, "IPint.iptoint", 0xeb4c9bad, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_iptostr, "IPint.iptostr", 0xf9fdc03d, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_mod, "IPint.mod", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_mul, "IPint.mul", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_neg, "IPint.neg", 0x491fbd11, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_not, "IPint.not", 0x491fbd11, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_ori, "IPint.ori", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_random, "IPint.random", 0x70bcd6f1, 40, 0, "", false) \
	X(Keyring_IPint_shl, "IPint.shl", 0xc7b0bc01, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_shr, "IPint.shr", 0xc7b0bc01, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_strtoip, "IPint.strtoip", 0x12d7a943, 40, 2, "\x00\x80", false) \
	X(Keyring_IPint_sub, "IPint.sub", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(Keyring_IPint_xor, "IPint.xor", 0xa47c1b24, 40, 2, "\x00\xc0", false) \
	X(Keyring_RSApk_encrypt, "RSApk.encrypt", 0xdc0ec366, 40, 2, "\x00\xc0", false) \
	X(Keyring_RSApk_verify, "RSApk.verify", 0x1857beff, 48, 2, "\x00\xe0", false) \
	X(Keyring_RSAsk_decrypt, "RSAsk.decrypt", 0xf3b51b95, 40, 2, "\x00\xc0", false) \
	X(Keyring_RSAsk_fill, "RSAsk.fill", 0x2ab0d50a, 56, 2, "\x00\xf8", false) \
	X(Keyring_RSAsk_gen, "RSAsk.gen", 0x0c197fd0, 48, 0, "", false) \
	X(Keyring_RSAsk_sign, "RSAsk.sign", 0x5dbdc2fe, 40, 2, "\x00\xc0", false) \
	X(Keyring_aescbc, "aescbc", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Keyring_aessetup, "aessetup", 0x44452583, 40, 2, "\x00\xc0", false) \
	X(Keyring_auth, "auth", 0x09c576bb, 48, 2, "\x00\xc0", false) \
	X(Keyring_blowfishcbc, "blowfishcbc", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Keyring_blowfishsetup, "blowfishsetup", 0x44452583, 40, 2, "\x00\xc0", false) \
	X(Keyring_certtoattr, "certtoattr", 0xbc65254a, 40, 2, "\x00\x80", false) \
	X(Keyring_certtostr, "certtostr", 0xbc65254a, 40, 2, "\x00\x80", false) \
	X(Keyring_descbc, "descbc", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Keyring_desecb, "desecb", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Keyring_dessetup, "dessetup", 0x44452583, 40, 2, "\x00\xc0", false) \
	X(Keyring_dhparams, "dhparams", 0x6abb2418, 40, 0, "", false) \
	X(Keyring_genSK, "genSK", 0xadd8cbd9, 48, 2, "\x00\xc0", false) \
	X(Keyring_genSKfromPK, "genSKfromPK", 0x5416d1ee, 40, 2, "\x00\xc0", false) \
	X(Keyring_getbytearray, "getbytearray", 0x4e02ce80, 40, 2, "\x00\x80", false) \
	X(Keyring_getmsg, "getmsg", 0xd9de1bb7, 40, 2, "\x00\x80", false) \
	X(Keyring_getstring, "getstring", 0x92f10e56, 40, 2, "\x00\x80", false) \
	X(Keyring_hmac_md5, "hmac_md5", 0xec9ac159, 56, 2, "\x00\xb8", false) \
	X(Keyring_hmac_sha1, "hmac_sha1", 0xec9ac159, 56, 2, "\x00\xb8", false) \
	X(Keyring_ideacbc, "ideacbc", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Keyring_ideaecb, "ideaecb", 0x0ac616ba, 48, 2, "\x00\xc0", false) \
	X(Keyring_ideasetup, "ideasetup", 0x44452583, 40, 2, "\x00\xc0", false) \
	X(Keyring_md4, "md4", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Keyring_md5, "md5", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Keyring_pktoattr, "pktoattr", 0xfb4e61ba, 40, 2, "\x00\x80", false) \
	X(Keyring_pktostr, "pktostr", 0xfb4e61ba, 40, 2, "\x00\x80", false) \
	X(Keyring_putbytearray, "putbytearray", 0x7cfef557, 48, 2, "\x00\xc0", false) \
	X(Keyring_puterror, "puterror", 0xd2526222, 40, 2, "\x00\xc0", false) \
	X(Keyring_putstring, "putstring", 0xd2526222, 40, 2, "\x00\xc0", false) \
	X(Keyring_rc4, "rc4", 0xd051c505, 48, 2, "\x00\xc0", false) \
	X(Keyring_rc4back, "rc4back", 0x3643caf7, 40, 2, "\x00\x80", false) \
	X(Keyring_rc4setup, "rc4setup", 0x6fa90725, 40, 2, "\x00\x80", false) \
	X(Keyring_rc4skip, "rc4skip", 0x3643caf7, 40, 2, "\x00\x80", false) \
	X(Keyring_readauthinfo, "readauthinfo", 0xb2c82015, 40, 2, "\x00\x80", false) \
	X(Keyring_senderrmsg, "senderrmsg", 0xd2526222, 40, 2, "\x00\xc0", false) \
	X(Keyring_sendmsg, "sendmsg", 0x7cfef557, 48, 2, "\x00\xc0", false) \
	X(Keyring_sha1, "sha1", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Keyring_sha224, "sha224", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Keyring_sha256, "sha256", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Keyring_sha384, "sha384", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Keyring_sha512, "sha512", 0x07656377, 48, 2, "\x00\xb0", false) \
	X(Keyring_sign, "sign", 0xdacb7a7e, 48, 2, "\x00\xb0", false) \
	X(Keyring_signm, "signm", 0xba5bd10f, 48, 2, "\x00\xe0", false) \
	X(Keyring_sktoattr, "sktoattr", 0xfb4e61ba, 40, 2, "\x00\x80", false) \
	X(Keyring_sktopk, "sktopk", 0x6f74c7c9, 40, 2, "\x00\x80", false) \
	X(Keyring_sktostr, "sktostr", 0xfb4e61ba, 40, 2, "\x00\x80", false) \
	X(Keyring_strtocert, "strtocert", 0x2c0ee68a, 40, 2, "\x00\x80", false) \
	X(Keyring_strtopk, "strtopk", 0xcc511522, 40, 2, "\x00\x80", false) \
	X(Keyring_strtosk, "strtosk", 0xcc511522, 40, 2, "\x00\x80", false) \
	X(Keyring_verify, "verify", 0x8b5b9f76, 48, 2, "\x00\xe0", false) \
	X(Keyring_verifym, "verifym", 0x8b5b9f76, 48, 2, "\x00\xe0", false) \
	X(Keyring_writeauthinfo, "writeauthinfo", 0x5ba03002, 40, 2, "\x00\xc0", false)

struct F_Keyring_DSApk_verify {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Keyring_DSAsk_gen {
	Framehead head;
	Ref a0;
};

struct F_Keyring_DSAsk_sign {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_DigestState_copy {
	Framehead head;
	Ref a0;
};

struct F_Keyring_EGpk_verify {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Keyring_EGsk_gen {
	Framehead head;
	int32_t a0;
	int32_t a1;
};

struct F_Keyring_EGsk_sign {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_IPint_add {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_IPint_and {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_IPint_b64toip {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_bebytestoip {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_bits {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_bytestoip {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_cmp {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_IPint_copy {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_div {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct R_Keyring_IPint_div {
	Ref t0;
	Ref t1;
};

struct F_Keyring_IPint_eq {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_IPint_expmod {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Keyring_IPint_inttoip {
	Framehead head;
	int32_t a0;
};

struct F_Keyring_IPint_invert {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_IPint_iptob64 {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_iptob64z {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_iptobebytes {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_iptobytes {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_iptoint {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_iptostr {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Keyring_IPint_mod {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_IPint_mul {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_IPint_neg {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_not {
	Framehead head;
	Ref a0;
};

struct F_Keyring_IPint_ori {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_IPint_random {
	Framehead head;
	int32_t a0;
	int32_t a1;
};

struct F_Keyring_IPint_shl {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Keyring_IPint_shr {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Keyring_IPint_strtoip {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Keyring_IPint_sub {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_IPint_xor {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_RSApk_encrypt {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_RSApk_verify {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Keyring_RSAsk_decrypt {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_RSAsk_fill {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
	Ref a3;
	Ref a4;
};

struct F_Keyring_RSAsk_gen {
	Framehead head;
	int32_t a0;
	int32_t a1;
	int32_t a2;
};

struct F_Keyring_RSAsk_sign {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_aescbc {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Keyring_aessetup {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_auth {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct R_Keyring_auth {
	Ref t0;
	Ref t1;
};

struct F_Keyring_blowfishcbc {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Keyring_blowfishsetup {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_certtoattr {
	Framehead head;
	Ref a0;
};

struct F_Keyring_certtostr {
	Framehead head;
	Ref a0;
};

struct F_Keyring_descbc {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Keyring_desecb {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Keyring_dessetup {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_dhparams {
	Framehead head;
	int32_t a0;
};

struct R_Keyring_dhparams {
	Ref t0;
	Ref t1;
};

struct F_Keyring_genSK {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Keyring_genSKfromPK {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_getbytearray {
	Framehead head;
	Ref a0;
};

struct R_Keyring_getbytearray {
	Ref t0;
	Ref t1;
};

struct F_Keyring_getmsg {
	Framehead head;
	Ref a0;
};

struct F_Keyring_getstring {
	Framehead head;
	Ref a0;
};

struct R_Keyring_getstring {
	Ref t0;
	Ref t1;
};

struct F_Keyring_hmac_md5 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
	Ref a4;
};

struct F_Keyring_hmac_sha1 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
	Ref a4;
};

struct F_Keyring_ideacbc {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Keyring_ideaecb {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
	int32_t a3;
};

struct F_Keyring_ideasetup {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_md4 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Keyring_md5 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Keyring_pktoattr {
	Framehead head;
	Ref a0;
};

struct F_Keyring_pktostr {
	Framehead head;
	Ref a0;
};

struct F_Keyring_putbytearray {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Keyring_puterror {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_putstring {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_rc4 {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Keyring_rc4back {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Keyring_rc4setup {
	Framehead head;
	Ref a0;
};

struct F_Keyring_rc4skip {
	Framehead head;
	Ref a0;
	int32_t a1;
};

struct F_Keyring_readauthinfo {
	Framehead head;
	Ref a0;
};

struct F_Keyring_senderrmsg {
	Framehead head;
	Ref a0;
	Ref a1;
};

struct F_Keyring_sendmsg {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Keyring_sha1 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Keyring_sha224 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Keyring_sha256 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Keyring_sha384 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Keyring_sha512 {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Keyring_sign {
	Framehead head;
	Ref a0;
	int32_t a1;
	Ref a2;
	Ref a3;
};

struct F_Keyring_signm {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Keyring_sktoattr {
	Framehead head;
	Ref a0;
};

struct F_Keyring_sktopk {
	Framehead head;
	Ref a0;
};

struct F_Keyring_sktostr {
	Framehead head;
	Ref a0;
};

struct F_Keyring_strtocert {
	Framehead head;
	Ref a0;
};

struct F_Keyring_strtopk {
	Framehead head;
	Ref a0;
};

struct F_Keyring_strtosk {
	Framehead head;
	Ref a0;
};

struct F_Keyring_verify {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Keyring_verifym {
	Framehead head;
	Ref a0;
	Ref a1;
	Ref a2;
};

struct F_Keyring_writeauthinfo {
	Framehead head;
	Ref a0;
	Ref a1;
};


/* ------------------------------------------------------------ $Bench */

#define BUILTINS_Bench(X) \
	X(Bench_disablegc, "disablegc", 0x9cd71c5e, 32, 0, "", false) \
	X(Bench_enablegc, "enablegc", 0x9cd71c5e, 32, 0, "", false) \
	X(Bench_microsec, "microsec", 0x8bc818ff, 32, 0, "", false) \
	X(Bench_read, "read", 0x7cfef557, 48, 2, "\x00\xc0", false) \
	X(Bench_reset, "reset", 0x9cd71c5e, 32, 0, "", false)

struct F_Bench_disablegc {
	Framehead head;
};

struct F_Bench_enablegc {
	Framehead head;
};

struct F_Bench_microsec {
	Framehead head;
};

struct F_Bench_read {
	Framehead head;
	Ref a0;
	Ref a1;
	int32_t a2;
};

struct F_Bench_reset {
	Framehead head;
};

/* clang-format on */

#endif
