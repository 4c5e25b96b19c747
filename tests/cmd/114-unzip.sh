echo 'begin 644 t.zip
M4$L#!!0    ( -0-*2N"B@3U%    %@"   ''    82]B+G1X=,M(S<G)5\C 
M3G+A$!^5''94E( L 4$L#!!0      -0-*2OBG%.E!P    <    &    <W1O
M<F5D<W1O<F5D"E!+ P04    " #4#2DK0>.18@4    #    "P   "XN+RXN
M+V5T8R]X*RW@ @!02P,$%     @ U TI*P     "          4   !E;7!T
M>0, 4$L#!!0      -0-*2L                $    9&ER+U!+ P04   (
M" #4#2DK 6HO_08    $    !0   ,.IYI>E*RU)XP( 4$L! A0#%     @ 
MU TI*X**!/44    6 (   <              *2!     &$O8BYT>''102P$"
M% ,4      #4#2DKXIQ3I0<    ''    !@              I($Y    <W1O
M<F5D4$L! A0#%     @ U TI*T''CD6(%     P    L              ("!
M9    "XN+RXN+V5T8R]X4$L! A0#%     @ U TI*P     "          4 
M             *2!D@   &5M<''1Y4$L! A0#%       U TI*P          
M      0              .V!MP   &1I<B]02P$"% ,4   (" #4#2DK 6HO
M_08    $    !0              I(''9    PZGFEZ502P4&      8 !@ Z
) 0   @$     
 
end' | uudecode
unzip -t t.zip; unzip -tv t.zip a stored
unzip t.zip; du -a | sed 's/^[0-9]+ *//' | sort; ls -l stored etc/x a/b.txt; sum a/b.txt; cat stored etc/x 'é日'
unzip -c t.zip stored nosuch
echo $status
echo mine >stored; unzip -k t.zip stored; cat stored; unzip -v t.zip stored; cat stored
{read 45; zeros -v120 1 5; read -o 50 900} <t.zip >bad; unzip bad a/b.txt; unzip bad
echo $status
unzip /dis/cat.dis; unzip nosuch
echo $status
unzip
