echo hi >f; cat f; echo there >>f; cat <f; cat <>f
