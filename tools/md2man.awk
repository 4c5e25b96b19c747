# A document of docs/*.md as a manual page: awk -f md2man.awk -v name=tutorial -v what='the first hour' file.md
#
# Knows what these documents use: headings, paragraphs, lists, tables, indented and fenced examples, `code`, *stress*, [text](address).

function text(s,	out, i, c, on) {
	gsub(/\\/, "\\e", s)
	while (match(s, /\[[^]]*\]\([^)]*\)/)) {
		i = index(substr(s, RSTART), "](")
		s = substr(s, 1, RSTART - 1) substr(s, RSTART + 1, i - 2) substr(s, RSTART + RLENGTH)
	}
	out = ""
	on = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (substr(s, i, 2) == "``") {
			# code with ` in it, and a blank at each end
			out = out (on == "BB" ? "\\fP" : "\\fB")
			i += on == "BB" ? 1 : 2
			on = on == "BB" ? "" : "BB"
			if (on == "")
				sub(/ \\fP$/, "\\fP", out)
		} else if (c == "`" && on != "I" && on != "BB") {
			out = out (on == "B" ? "\\fP" : "\\fB")
			on = on == "B" ? "" : "B"
		} else if (c == "*" && substr(s, i, 2) == "**" && on == "") {
			i++
		} else if (c == "*" && on !~ /B/ && (on == "I" || substr(s, i + 1, 1) ~ /[A-Za-z]/)) {
			out = out (on == "I" ? "\\fP" : "\\fI")
			on = on == "I" ? "" : "I"
		} else if (c == "-" && on ~ /B/) {
			out = out "\\-"
		} else
			out = out c
	}
	if (on != "")
		out = out "\\fP"
	sub(/^[.']/, "\\\\\\&&", out)
	return out
}

function example(s) {
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	sub(/^[.']/, "\\\\\\&&", s)
	return s
}

function endexample() {
	if (inexample)
		print ".EE\n.RE"
	inexample = 0
}

function startexample() {
	if (!inexample)
		print (fresh ? "" : ".PP\n") ".RS\n.EX"
	inexample = 1
	para = fresh = 0
}

BEGIN {
	printf ".TH %s 1\n.SH NAME\n%s \\- %s\n", toupper(name), name, what
	print ".SH DESCRIPTION"
}
/^```/ {
	fence = !fence
	if (fence)
		startexample()
	else
		endexample()
	next
}
fence { print example($0); next }
/^    / { startexample(); print example(substr($0, 5)); next }
/^$/ { if (!fresh) para = 1; next }
{ endexample() }
/^# / { fresh = 1; next }
/^## / { fresh = 1; print ".SH " toupper(text(substr($0, 4))); para = 0; next }
/^\|[-| ]*$/ { next }
/^\|/ {
	gsub(/\\\|/, "\001")
	n = split($0, cell, / *\| */)
	gsub("\001", "|", cell[2])
	print ".TP\n" text(cell[2])
	for (i = 3; i < n; i++) {
		gsub("\001", "|", cell[i])
		print text(cell[i])
		if (i < n - 1)
			print ".br"
	}
	para = 1
	next
}
{ fresh = 0 }
/^- / { print ".IP \\(bu 3"; para = 0; $0 = substr($0, 3) }
{ sub(/^  /, "") }
{
	if (para)
		print ".PP"
	para = 0
	print text($0)
}
END { endexample() }
