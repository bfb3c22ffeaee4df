"""The commonest small words of languages that share a script. Data; reads nothing.

Frequent in running text and as little shared with neighbours as possible; about thirty a language, so that the counts
of two languages can be compared.
"""

from __future__ import annotations

import re

_LATIN = """
en: the of and to in a is that for it was on with as he at by be this from are have has his they not which an but
    its said will their who been more you
de: der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat
    dass sie nach wird bei einer um am sind noch wie
fr: de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont avec ses aux ont été
    cette mais comme nous elle leur
es: de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha este sí porque
    esta entre cuando muy ya fue son
it: di e che la il un a per è in una sono non del con si da le dei nel della al ha alla più come anche dal lo ma gli
    delle nella questo stato stata
pt: de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao das tem à seu sua ou ser
    quando muito há nos já está também pelo pela
nl: de van het een en in is dat op te zijn met voor niet aan er om ook als dan maar bij door naar worden wordt uit
    heeft nog ze hij over tot deze of werd
sv: och att det i som en på är av för med den till inte har om ett han men var jag de så från vi kan när nu under
    efter också eller sig vid ut skulle
no: og i det er på som en til for å av at har med ikke den om fra et han var de men vi jeg så kan ble etter seg også
    nå opp eller bli sier skal denne
da: og i at det er en på til af for der som med den de har ikke et fra han men var vi jeg kan efter sig også nu op
    eller blev bliver siger skal denne ved over hvor
fi: ja on ei se että hän oli kun mutta myös ovat tai joka ole mukaan kuin sen jo niin nyt mitä vain sitä olla hänen
    sekä jos vuoden ollut noin jälkeen
is: og að í á er sem til við um með það var fyrir en ekki af hann frá eru hefur því þetta þá þeir hafa verið eftir
    segir eða upp ég hún þess
pl: w i na się z do nie że jest to o jak po od przez za dla ale są co oraz tym był tego jego już przy czy może także
    które który roku być tak
cs: a se v na je že z do s to i o ve za ale pro jako by po které si jsou který podle jeho byl bude před také od jen
    nebo k má až už při roce
sk: a sa v na je že z do s to i o vo za ale pre ako by po ktoré si sú ktorý podľa jeho bol bude pred aj od len alebo
    k má až už pri roku
hu: a az és hogy nem is egy ez meg de volt csak el már még azt mint szerint lesz vagy majd kell lehet után ha ki van
    ezt minden ami amely nagyon
ro: de și în a la cu pe nu că din o se pentru un care este mai sunt au fost ce prin dar după fi această sau acest
    lui ca al ale le va potrivit şi
tr: ve bir bu de da için ile çok olarak daha ne kadar gibi olan sonra ise en her ancak göre dedi var oldu olduğu ya
    o değil ki yeni tarafından
az: və bu bir ilə də ki üçün da olan daha sonra edib olub o deyib görə onun isə qeyd edən öz hər amma belə həm
    olunub məlumat nə
uz: va bu bilan uchun ham bir boʻyicha edi deb qilingan boʻlgan o‘zbekiston esa yangi keyin har bo‘lib bo‘yicha
    bo‘lgan haqida qildi deya davlat yil orqali
kk: jäne men bul üşin bir bolyp degen da de osy boldy edi jyly jyl turaly boiynsha boiynşa dep qazaqstan jáne úshin
    bılıp kerek soń ol tek jańa osyndai
vi: và của là có được cho các không trong một với những người đã này để khi từ ở đến như về ra tại sẽ năm nhiều cũng
    bị trên vào theo sau
id: yang dan di itu dengan untuk dari ini dalam tidak pada akan juga ke karena bisa ada oleh saat telah adalah
    sebagai mereka kata tersebut lebih kami saya
ms: yang dan di itu dengan untuk dari ini dalam tidak pada akan juga ke kerana boleh ada oleh telah adalah sebagai
    mereka katanya beliau pihak lebih tersebut bagi ialah berkata iaitu
lt: ir į kad su iš yra ne tai buvo už apie jis bet kaip per dėl metų pagal nuo jo tik dar gali ar taip po prie bus
    jų kurie sako pat arba jau
lv: un ir ar no par ka uz tas kas bet arī lai nav pēc kā vai tika ja gada gan tad bija viņš to savu līdz būs pie jau
    tiek latvijas tā šo
et: ja on ei et see oli ka kui ta mis aga oma või ning ma ole selle seda kes kuid siis nii välja veel pärast ütles
    eest poolt mida oleks üle juba
sl: in je v na se da za so ne z ki pa bi s po kot tudi še bil od o iz ali pri če bo ter do ga lahko zaradi leta pred
    med kar
hr: i je u na se da za su od s o koji a kao koje što iz će ali nije ne do bi bio koja te samo prema kako još nakon
    godine može tijekom
sq: të e në dhe për me një është nga si që i ka së do nuk më se duke janë kjo por ai tij u pas kanë ishte gjatë tha
ca: de la i el que a en un per les del és amb una els no al es més ha dels va ser com són però aquest seva també han
    aquesta ens des pels
af: die van en in het is te n dat vir met om nie op hy wat sy was ek as deur aan by ook sal hulle word wees kan ons
    maar een na
zu: ukuthi futhi uma le kanye noma kodwa ngoba lapho kule lo ukuze wathi njengoba nje ngo uthe kusho abantu
    ngesikhathi kuthiwa kakhulu okwamanje kanti emva lokhu yakhe
xh: ukuba kwaye kunye okanye kodwa kuba xa le into abantu ukuze oko uthi lo njengoko kakhulu apha kwi nje ngokuba
    ngexesha kananjalo yokuba ukuya zonke wathi
sw: na ya wa kwa katika ni la za kuwa hiyo hilo huo cha yake baada huyo lakini vya watu kutoka kama pia hayo alisema
    hii yao ambayo ambao mwa huu
tl: ang ng sa na mga ay at para ni si kay hindi ito mula kung nang niya din rin pa may isang siya ko kanyang sila
    bilang dahil ayon naman
lb: de an d den ass vun et fir op mat déi net dat e zu sech eng och dem um ee bei sinn gouf huet aus hunn si wéi
    ginn no awer
ga: agus an na a ar i go le is do tá sé ag bhí ní leis ach faoi atá seo chun bheith sí ó iad
cy: y yn a i o ar mae ei ac yr wedi bod am ym gan sydd oedd hyn eu fod nid wrth i'r
eu: eta da ez du bat dira zen ere dute baina hori izan egin duen dela beste bere ditu
gl: de a que o e do da en un para non unha os por no na se é máis as co dos ao foi pola polo tamén está seu súa
mt: li ta il u fil minn din dan għal biex kien ma kif jew huwa dwar kienet tal lil
so: oo ka waa ku in iyo la uu ay ee ayaa u soo ah si aan inay waxaa
ht: nan yo pou ak ki li te pa sou yon gen se ap kap men tout
"""
_CYRILLIC = """
ru: и в не на что с по как из за от к о для его это был но он у а также до при было все так же которые или после
    года
bg: на и да се за от в че е са по не с ще като до при това но има след към беше които който тези само или бъде
uk: і в на що не з за до у та про від як для це його й але або був має які який після року під час також щоб
be: і ў на не што з да за як у па ад для гэта яго але пра быў калі таксама пасля які каб або году мае былі
mk: на и во да се за од со е не што ќе го ја ги но по како дека беше тоа кои или има биде до при
sr: и је у да на се за су од са не што који а као из ће али није до би која само како после године
mn: нь энэ байна юм байгаа болон тухай гэж бол оны хийх монгол улсын хэлэв байсан тэр дээр ажил
"""
_DEVANAGARI = """
hi: के में है की से को और का ने पर कि यह भी नहीं हैं एक लिए इस कर था हो तो ही साथ रहे
mr: आहे आणि या व मध्ये ते हे तर की आहेत करण्यात होते असे पण मात्र यांनी यांच्या त्यांच्या केली झाले
ne: छ र को मा पनि यो गर्ने भएको गरेको छन् हो तथा गरी भने लागि उनले हुने थियो नेपाल रहेको
"""
_ENTRY = re.compile(r"^(\w+): (.+(?:\n    .+)*)", re.MULTILINE)


class WordTable:
    """One script's small words, turned round: which languages have a word."""

    def __init__(self, table: str) -> None:
        entries: list[tuple[str, str]] = _ENTRY.findall(table)
        self.languages = tuple(language for language, _ in entries)
        places: dict[str, tuple[int, ...]] = {}
        for place, (_, words) in enumerate(entries):
            for word in words.split():
                places[word] = (*places.get(word, ()), place)
        self.places = places
        """Word -> places in `languages`."""


LATIN = WordTable(_LATIN)
CYRILLIC = WordTable(_CYRILLIC)
DEVANAGARI = WordTable(_DEVANAGARI)
