"""Words of Spanish and English that carry grammar and no subject: they are never marked as what matters."""

SPANISH = """
a al algo alguna algunas alguno algunos ante antes aquel aquella aquellas aquello aquellos aquí así aun aún
aunque bajo bien cada casi como cómo con contra cual cuál cuales cuáles cualquier cuando cuándo cuanta
cuánta cuantas cuántas cuanto cuánto cuantos cuántos cuya cuyas cuyo cuyos da dan dar de debe deben del
demás desde donde dónde dos durante e el él ella ellas ello ellos en entre era eran eres es esa esas ese eso
esos esta está estaba estamos están estar estas este esto estos estoy fue fueron ha había habían han hace
hacen hacer hacia hasta hay he hemos la las le les lo los más me mediante menos mi mientras mis misma mismas
mismo mismos mucha muchas mucho muchos muy nada ni ningún ninguna ninguno no nos nosotras nosotros nuestra
nuestras nuestro nuestros o os otra otras otro otros para pero poca pocas poco pocos podemos poder podría
porque por pues puede pueden que qué quien quién quienes quiénes sea sean según ser será serán si sí sido
siendo sin sino sobre solo sólo somos son soy su sus tal tales también tan tanta tanto te tenemos tener
tenga tengan tiene tienen toda todas todavía todo todos tras tres tu tus tú u un una unas uno unos usa usan
usando usar vez y ya yo
"""
ENGLISH = """
a about above across after again against all almost along already also although always am among an and any
are around as at be because been before being below between both but by can cannot could did do does doing
done down during each either else enough even ever every few for from further get give given had has have
having he her here hers him his how however i if in into is it its itself just least less let like made make
makes making many may me might more most much must my near need needs never no nor not nothing now of off
often on once one only or other others our ours out over own per rather same several shall she should since
so some such take than that the their theirs them then there these they this those three through thus to
together too toward towards two under until up upon us use used uses using very was we well were what when
where whether which while who whom whose why will with within without would yet you your yours
"""
STOPWORDS = frozenset(SPANISH.split()) | frozenset(ENGLISH.split())
