# what a document may have, as plain text; and the rules of SGML
echo '<!doctype doc system "none" [
<!-- a comment --><?nothing>
<!ENTITY inf "the <EMPH>Inferno</emph> system"> <!ENTITY inf "not this">
<!ENTITY tags CDATA "<P> &amp; all">
<!ENTITY chapter SYSTEM "parts/chapter">
<!ENTITY % more SYSTEM "parts/more"> %more;
<!ELEMENT P ANY -- not mine -->
]>
<DOC><HEAD>
<TITLE>All <CODE>of</CODE> it</TITLE><AUTHOR>Me<BR>Here</AUTHOR>
<ABSTRACT>In short: &inf;.
</HEAD>
Text &lt;where&gt; a paragraph begins, a < b & c > d, AT&amp;T & &#65;&#x42;&eacute;&alpha; 1&nbsp;2 &tags;.
<![%draft;[ gone <P> ]]> <![CDATA[<P> &lt;]]> <![RCDATA[<Q> &lt;]]> <![INCLUDE[<Q>kept</Q>]]>
<p>Forward to <xref to=two>, <REF TO="fig">see there</REF>, <XREF TO=it2>; <XREF TO=book>.<FOOTNOTE ID=n>A note.</FOOTNOTE>
<SECTION><TITLE>One</TITLE>
<LIST><ITEM>a<ITEM><P>b<P>c<LIST number><ITEM>x<ITEM ID=it2>y</LIST>d</LIST>
<LIST TYPE="TERM"><TERM>-x<TERM>-y<ITEM>both</LIST>
<PROGRAM>
	if(a &lt; b) <BOLD>c</BOLD>;

 d	e
</PROGRAM>
<SECTION ID=two><TITLE>Two</TITLE><P ID=here>Back to <XREF TO=n>, <XREF TO=one> and <XREF TO=here>.</SECTION>
<SECTION NONUM ID=three><TITLE>Three</TITLE><QUOTE>said <VAR>v</VAR><SUB>1</SUB><SUP>2</SUP></QUOTE></SECTION>
</SECTION>
&chapter;
<APPENDIX><TITLE>More</TITLE><SECTION><TITLE>Of it</TITLE><P>See <XREF TO=three>, <LINK HREF="http://h/"></LINK> or <LINK
HREF=http://i/>there</LINK>.</SECTION></APPENDIX>
<REFERENCES><REFERENCE ID=book>A. Uthor, <Q>Book</></REFERENCES>' >doc
mkdir parts
echo '<!ENTITY % draft "IGNORE">' >parts/more; echo '<!ENTITY sub SYSTEM "sub">' >>parts/more
echo '<SECTION ID=one><TITLE>From a file</TITLE>' >parts/chapter; echo '&sub;</SECTION>' >>parts/chapter
echo '<NOTE><TITLE>Note</TITLE>of it</NOTE><FIGURE ID=fig><TITLE>Picture</TITLE><IMAGE SRC=a.png ALT="a house"></FIGURE>' >parts/sub
echo '<INDEX TERM=b SUB=y><INDEX TERM="b"><INDEX TERM=a><INDEX TERM=b SUB=x>' >>parts/sub
cook -t -w 50 doc
echo -- tables
echo '<DOC><HEAD><TITLE>T</TITLE></HEAD>
<TABLE><TITLE>Sizes</TITLE><ROW HEAD><CELL>name<CELL ALIGN=right>size<CELL ALIGN=center>what it is
<ROW><CELL>a<CELL ALIGN=right>1<CELL>short
<ROW><CELL>日本<CELL ALIGN=right>100<CELL ALIGN=center>wide
</TABLE>
<TABLE><ROW><CELL ROWSPAN=3>down<CELL COLSPAN=2>across two columns<ROW><CELL>x<CELL>y<ROW><CELL>z</TABLE>
<TABLE><ROW><CELL>short<CELL>a long text that does not fit into the line and is broken<CELL>another that is as long as the one before it is
<ROW><CELL>s<CELL><LIST><ITEM>one<ITEM>two</LIST><CELL>3</TABLE>' | cook -tT -w 50
cook -c doc
{zeros -v ef 1 1; zeros -v bb 1 1; zeros -v bf 1 1; echo '<DOC><HEAD><TITLE>T</TITLE></HEAD>marked</DOC>'} >bom; cook -tT bom
