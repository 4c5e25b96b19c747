load std
fn doc { echo '<DOC><HEAD><TITLE>t</TITLE></HEAD>' }
echo '<DOC>
<HEAD><TITLE>x</TITLE><TITLE>y</TITLE></HEAD>
text <EMPH>open <NOSUCH>b</NOSUCH> &nosuch; &#0; &#xD800; &#99999999999;
<P>x</EMPH>
<SECTION BAD=1 ID="1x"><P>no title</P></SECTION>
<P>after <REF TO=none>r</REF><XREF></XREF>
<LIST TYPE=what>text<TERM>t<ITEM>x</LIST>
<TABLE><ROW><CELL COLSPAN=0>x<CELL ROWSPAN=3 ROWSPAN=2></TABLE>
<TABLE></TABLE><TABLE><ROW><CELL><CELL ROWSPAN=2><ROW><CELL COLSPAN=2></TABLE>
<SECTION><TITLE>s<FOOTNOTE>f</FOOTNOTE></TITLE><TITLE>again</TITLE>
<P ID=a><P ID=a>
<FOOTNOTE>x<FOOTNOTE>y</FOOTNOTE></FOOTNOTE><LINK HREF=x><BOLD><FOOTNOTE></FOOTNOTE></BOLD><XREF TO=a></LINK>
<![FOO[ x ]]><!BAD><p id>
<NOTE><TITLE> <EMPH></EMPH></TITLE></NOTE><LIST TERM><ITEM>i<TERM>t</LIST><LIST></LIST>
<SECTION><SECTION><SECTION><SECTION><SECTION><TITLE>6</TITLE></SECTION></SECTION></SECTION></SECTION></SECTION>
</P =><PROGRAM>' >bad
cook -o out bad; echo $status; ls out
echo -- beginnings and ends
echo '<P>x' | cook; echo x | cook; cook </tmp/empty; {doc; echo '</DOC>x'} | cook; {doc; echo '</DOC><DOC>'} | cook; echo '<DOC>' | cook
{doc; echo '<P ID="a>'} | cook; {doc; echo '<P ID'} | cook; {doc; echo '<!-- x'} | cook; {doc; echo '<![CDATA[ x'} | cook
{doc; echo '<![INCLUDE[ x'} | cook; {doc; echo '<?x'} | cook; echo '<!DOCTYPE DOC [ <!ENTITY a' | cook; echo '<!DOCTYPE book>' | cook
echo -- characters
{doc; zeros 1 3} >nul; cook nul; {doc; echo x; zeros -v ff 1 3} >utf; cook utf; echo $status
echo -- entities
echo '<!DOCTYPE DOC [<!ENTITY a "&b;"><!ENTITY b "&a;"><!ENTITY self SYSTEM "ent"><!ENTITY dir SYSTEM "."><!ENTITY no SYSTEM "none"><!ENTITY dev SYSTEM "#c/cons">
<!ENTITY x NDATA "y"><!ENTITY y SYSTEM "y" NDATA z><!ENTITY z><!ENTITY in SYSTEM "bad2">]>' >ent
{doc; echo '&a;&self;&dir;&no;&dev;<INDEX TERM="x&a;"><INDEX TERM="&self;">'; echo '&in;'} >>ent
echo x >bad2; echo '&nosuch;' >>bad2; cook ent
{
	echo -n '<!DOCTYPE DOC [<!ENTITY a0 "x">'
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 {
		j=`{fc $i 1 -}
		s=('&a'^$j^';')
		echo '<!ENTITY a'^$i^' "'^$s^$s^$s^$s^$s^$s^$s^$s^'">'
	}
	echo ']>'; doc; echo '&a15;'
} >bomb
cook bomb; echo $status
echo -- deep, long and many
fn much { zeros -v 61 1000 $1 | sed 's,a,'^$2^',g' }
{doc; much 50 '<LIST><ITEM>'} | cook; {doc; echo '<P>'; much 50 '<EMPH>'} | cook
{doc; echo -n '<P ID='; much 200 x; echo '>'} | cook
{doc; much 5 '</B>'} | cook >[2=1] | tail -2
{doc; much 500 '\&lt;'} | cook -t | wc
{doc; echo '<TABLE><ROW>'; much 5 '<CELL>x'; echo '</TABLE>'} | cook
echo -- options
cook -q; cook -h -t bad; cook -p bad; cook -l -p -o x bad; cook -w 19 bad; cook -w x bad; cook bad bad; echo $status; cook nosuch; echo $status
