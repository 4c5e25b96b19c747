echo '.\" comment
.TH X 1
.SH NAME
x \- "a" <b> & c
.SH "SEE ALSO"
\fBbold \fIand\fP back\fR, \(em \e \&.
.TP
.BI \-x " file"
the tag''s text
.RS
.PP
nested, see
.IR sys-open (2)
.TP
tag
text of B(3), (4) and C (5)
.EX
  literal \fBx(1)\fP

  more
.EE
after
.RE
goes on
.IP \(bu
bullet
.PP
plain
.br
broken
.SS Sub
.nf
a
.fi
text
.RE' >x
man2html x
man2html nosuch; echo $status; echo just text | man2html
man2html -x
