echo 'begin 644 t.iso.gz
M''XL(       " ^W=SX[;QAT X*&=.ILMX%,1&(;C,$Y;.$4J2TZZQB(GAJ)V
MF4BB0''*#]6EA($IJ8&T7P:+(J8!/;2ZY]@720UXAAU[R+"W0@]%'':(>2%H[_
MRH4#-UA_''U?+X7 X0TH#_#B[%!D"                                
M         )#DPWY_D(1Q.=W;3Y\L''];5Y"GKC^O[[H''94]J-/]TK;&R$UY=9
MK__B_NI%UJ5P8;ET(6QTLXWPIY^??V7[;#AUO''W*_]5.,2V;JIQD.T4:$^GV
MUE;_RNZH24?EN&BN-VTQ2?.ZR-JJ3B_G[Z2#[>WWTJ)WO=J;[@RS<7&<>>VW
M5_O]K?2CWJS(ZJ::7OFHU^2[Y3CVRIU%F6YU5^9:UQ$_+MNT+;+)"S_<J_VK
M6X/!U:W^^[^[-GB_WP^/9/0?\F@)G?9E)^CPDW%J%?_#.)1A&O;"?D@?.^5A
M&.I0A<D3UC\4_W]UI7CF^'']NF77NW/W5YY?Q_^)RZ>*3XO\3]L7THJ:=4,1>
M4X8F]HPR]HULD9.N<M*P'';;BU \''83>,8EX:?Y>QKQ4Q?3V^VIB:+''I7''5-9
M7*YB*@V78\X[<3Z(-6R'']V*J"+VX115[Z#2V,8QEQXN6UD\_7B''Q''_&?$^0_
MQ_$?    .+&2Q?_8N_''_Z?#&(C4L:V\+    G+#Q?^BNKT^Z\7_T1DB,_P$ 
M .#DC?\OKOX*<":\N4Q]&FZ&+[PS    <)+&_Z&[OT[2C?^C-V/*^!\   !.
MF+^LO<=^,WLU^?N_0UW_++D[V_]E<B_KRF7W3B^W._UPC>WH?'')V5<F#L[RX
MD*3+0NEQZ7NKV6?K]B/Y$78@_#&\M2SSUIGE_,S\M=>2WN4NV;7R:M9K]]L/
M!EU;7TTGFTFXT3OZ\JAK]9N[7:&[WZQNE9@\MM55;:O9<:M_6-Q9(73?KE@=
MVZK ZMA.#\MZU>)&$CZ]^<4/C_+4<M-3_T-[ +#.9VMB4_)HX''^6B/10W''TQ
MT?WK<&E9YM+F<K[Y8''0_FQV,J^G.P:C7%OL?#,(JYIY/0I:.[]S^/!W=/)RG
MTQNWYKVC^7-''_2_#V\LR;Q\?RH-[LW''0Z=W?CWBV\?VW__SKWYZS70!8;_TS
M=M:62-Y=,ZK>##="+QS%B''@4+B^^91"Z*PT>>[YQQN4'' / "XO_3X_&SQ/_Q
MFG''W;T(6TC .=\+M\/GB$7 WPV&8Q]0TGAG<BJGN[&"^.#_X]9I1\ROA7_-_
M^-@ X+D4];UDL_US4M?E[&"PO3W(VMTBK:O\X[0NA]UCW:=M4>>[V32F9W75
M5GDU[A*?E,.B29N]V:RJVW14U>FL:LK]Q9/?T]6CWYMBDDW;,F]FXR)KBC2O
MIFV6M^FP;/)TMO?AN&QVBWJQ<3,K\G)4YEE;5M.TJ?;JO.BEL8;B!P5CD[&Z
M4=DEIW$GRDE67T\_J<9[DR*-NY/''@^@>-=]5>-Q6.8U+DT6U/1\W "S\?GYX
M>&?3^P  +Y/#[KJWVS=NS9T# ,!+X_MO!7X                         
M                                                            
M                                                            
M                                                            
M                                                            
M                                                            
M                                                            
6             ''[Z_@MIV)$$ - %    
 
end' | uudecode
gunzip t.iso.gz; mkdir n
9660srv -m n t.iso; ls -l n n/dir | sed 's/ M [0-9]+/ M N/'; cat n/a.txt n/dir/*; rm n/a.txt; unmount n
mount {9660srv -9 -s t.iso} n; ls n/dir; cat n/dir/a_*; unmount n
9660srv /dis/cat.dis; 9660srv nosuch
echo $status
9660srv
