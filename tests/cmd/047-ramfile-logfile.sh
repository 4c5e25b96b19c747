ramfile r hello; cat r; echo; echo more >r; cat r
logfile -100 lf; echo one >lf; echo two >lf; read <lf
ramfile
