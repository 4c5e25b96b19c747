echo '<DOC NAME=x SECTION=4><HEAD><TITLE>The <EMPH>title</EMPH></TITLE><SUBTITLE>sub</SUBTITLE><AUTHOR>A<BR>home</AUTHOR><AUTHOR>B</AUTHOR>
<DATE>now</DATE><ABSTRACT>short</HEAD>
<P>Text "with" 100% of $ & # _ { } ~ ^ \ -- <CODE>-x -- `y`</CODE> [a] <Q>q</Q> &ldquo;&mdash;&hellip;&rdquo; &le; &alpha; &eacute; x&nbsp;y.
<XREF TO=s> <REF TO=s>there</REF> <XREF TO=u> <XREF TO=r> <REF TO=r>p. 3</REF> <XREF TO=f> <LINK HREF="http://h/a%20b#_c">l</LINK>
<P>.dot <BOLD>b <VAR>v</VAR> b</BOLD> <SUB>1</SUB><SUP>2</SUP>
''quote<FOOTNOTE>a note</FOOTNOTE>
<SECTION ID=s><TITLE>One "1"</TITLE>
<LIST><ITEM>a<ITEM><P>b<P>c<LIST NUMBER><ITEM ID=i>d</LIST>e</LIST><LIST TERM><TERM>-x<ITEM>f
<PROGRAM>
.a\b "c"
*	[d] -- ''e''

{%}
</PROGRAM></LIST>
<PROGRAM>p</PROGRAM>
<SECTION ID=u NONUM><TITLE>Two</TITLE><QUOTE>q</QUOTE><NOTE><TITLE>N</TITLE>n</NOTE><XREF TO=i><BR>next<INDEX TERM="a!b" SUB="c_d"></SECTION>
</SECTION>
<APPENDIX><TITLE>App</TITLE><FIGURE ID=f><TITLE>Fig</TITLE><IMAGE SRC=a_b.png></FIGURE>
<TABLE><ROW HEAD><CELL>h<CELL ALIGN=right>i<ROW><CELL ROWSPAN=2>j<CELL>k<FOOTNOTE>t</FOOTNOTE><ROW><CELL>.l</TABLE>
<TABLE ID=t><TITLE>T</TITLE><ROW><CELL COLSPAN=2>m<ROW><CELL>n<CELL>a cell with so much text that it does not fit into the line
<LIST><ITEM>o</LIST></TABLE></APPENDIX>
<REFERENCES><REFERENCE ID=r>R</REFERENCES>' >doc
cook -l doc
echo -- manual
cook -m doc
echo -- formatted
cook -m doc | man2txt
