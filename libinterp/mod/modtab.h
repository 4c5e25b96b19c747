/*
 * The builtin modules that are part of this program, in the order of their initialisation: X(Mod) for the module $Mod,
 * whose file ends with BUILTIN_MODULE(Mod, ...). Modules that are not listed do not exist for Limbo programs.
 */
#ifndef LIBINTERP_MOD_MODTAB_H
#define LIBINTERP_MOD_MODTAB_H

#define BUILTIN_MODULES(X) X(Sys) X(Math) X(Srv) X(IPints) X(Keyring) X(Loader) X(Limbo)

#endif
