echo '<DOC ID=top LANG=en><HEAD><TITLE>A &amp; <EMPH>B</EMPH></TITLE><SUBTITLE>sub</SUBTITLE><AUTHOR>Me</AUTHOR><DATE>now</DATE>
<ABSTRACT>short</HEAD>
<P>See <XREF TO=s>, <REF TO=t>the<INDEX TERM="a b"> table</REF> and <XREF TO=r>.<FOOTNOTE>one <BOLD>note</BOLD></FOOTNOTE>
<SECTION ID=s><TITLE>First</TITLE>
<LIST><ITEM>a<ITEM><P>b<LIST NUMBER><ITEM>c</LIST></LIST><LIST TERM ID=l><TERM>t<ITEM>i</LIST>
<PROGRAM>
a < "b";
	c &amp;
</PROGRAM>
<QUOTE ID=q>q</QUOTE><NOTE>n</NOTE><FIGURE><TITLE>F</TITLE><IMAGE SRC="a&amp;b.png" ALT="""" WIDTH=10></FIGURE>
<SECTION><TITLE>Second</TITLE><P>x<INDEX TERM=w><INDEX TERM=W SUB=v>&copy;<BR><VAR>v</VAR><SUB>1</SUB><SUP>2</SUP><CODE>c</CODE><Q>q</Q></SECTION>
</SECTION>
<APPENDIX><TITLE>Third</TITLE>
<TABLE ID=t><TITLE>T</TITLE><ROW HEAD><CELL>h<CELL ALIGN=right>i<ROW><CELL COLSPAN=2 ID=c>j<FOOTNOTE>two</FOOTNOTE></TABLE>
<P><LINK HREF="http://h/?a&amp;b">l</LINK> <ANCHOR ID=a> <XREF TO=a> <XREF TO=top></APPENDIX>
<REFERENCES><REFERENCE ID=r>R</REFERENCES>' | sed 's/ALT=""""/ALT=''"''/' >doc
cook doc
cook -T doc | grep -n Contents
echo -- in pages
mkdir out
cook -p -o out/d.html doc; ls out
sed -n '/<body/,$p' out/d.html; sed -n '/<title>|<body|<nav>/p' out/d-1.html
sed -n '/<title>/p;/<body/,$p' out/d-2.html; sed -n '/<title>/p;/<body/,$p' out/d-4.html
echo -- what was there stays if there are errors, and its mode is kept
chmod 600 out/d.html; sum out/d.html >a; echo '<DOC>' | cook -o out/d.html; sum out/d.html >b; cmp a b
cook -o out/d.html doc; ls -l out | sed 's/ .*//'; cook doc >a; cmp a out/d.html
cook -o out doc; cook -o nodir/x doc; echo $status
