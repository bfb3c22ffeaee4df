"""The words of printed dates in many languages: months, days, units, zones. Data; reads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import combining, normalize

# Twelve groups a line, January first; forms and abbreviations of one month are joined by `/`.
_MONTH_NAMES = """
    январь/января/январе/янв февраль/февраля/феврале/фев/февр март/марта/марте/мар апрель/апреля/апреле/апр май/мая/мае
    июнь/июня/июне/июн июль/июля/июле/июл август/августа/августе/авг сентябрь/сентября/сентябре/сен/сент
    октябрь/октября/октябре/окт ноябрь/ноября/ноябре/ноя/нояб декабрь/декабря/декабре/дек
en  january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sep/sept october/oct
    november/nov december/dec
de  januar/jänner/jan februar/feber/feb märz/maerz/mär/mrz april mai juni juli august september oktober/okt november
    dezember/dez
fr  janvier/janv février/févr/fév mars avril/avr mai juin juillet/juil août septembre octobre novembre décembre/déc
es  enero/ene febrero marzo abril/abr mayo junio julio agosto/ago septiembre/setiembre/set octubre noviembre
    diciembre/dic
it  gennaio/gen febbraio marzo aprile maggio/mag giugno/giu luglio/lug agosto settembre/sett ottobre/ott novembre
    dicembre
pt  janeiro fevereiro/fev março abril maio junho julho agosto setembro outubro/out novembro dezembro
nl  januari februari maart/mrt april mei juni juli augustus september oktober november december
pl  styczeń/stycznia/sty luty/lutego/lut marzec/marca kwiecień/kwietnia/kwi maj/maja czerwiec/czerwca/cze
    lipiec/lipca/lip sierpień/sierpnia/sie wrzesień/września/wrz październik/października/paź listopad/listopada/lis
    grudzień/grudnia/gru
cs  leden/ledna/led únor/února/úno březen/března/bře duben/dubna/dub květen/května/kvě červen/června/čvn
    červenec/července/čvc srpen/srpna/srp září/zář říjen/října/říj listopad/listopadu prosinec/prosince
sk  január/januára február/februára marec/marca apríl/apríla máj/mája jún/júna júl/júla august/augusta
    september/septembra október/októbra november/novembra december/decembra
tr  ocak/oca şubat/şub mart nisan/nis mayıs haziran/haz temmuz/tem ağustos/ağu eylül/eyl ekim/eki kasım/kas aralık/ara
uk  січень/січня/січ лютий/лютого/лют березень/березня/бер квітень/квітня/кві травень/травня/тра червень/червня/чер
    липень/липня/лип серпень/серпня/сер вересень/вересня/вер жовтень/жовтня/жов листопад/листопада/лис
    грудень/грудня/гру
be  студзень/студзеня люты/лютага сакавік/сакавіка красавік/красавіка май/мая/траўня чэрвень/чэрвеня ліпень/ліпеня
    жнівень/жніўня верасень/верасня кастрычнік/кастрычніка лістапад/лістапада снежань/снежня
bg  януари февруари март април май юни юли август септември октомври ноември декември
sr  јануар/јануара фебруар/фебруара март/марта април/априла мај/маја јун/јуна јул/јула август/августа
    септембар/септембра октобар/октобра новембар/новембра децембар/децембра
sv  januari februari mars april maj juni juli augusti september oktober november december
no  januar februar mars april mai juni juli august september oktober november desember/des
da  januar februar marts april maj juni juli august september oktober november december
fi  tammikuu/tammikuuta helmikuu/helmikuuta maaliskuu/maaliskuuta huhtikuu/huhtikuuta toukokuu/toukokuuta
    kesäkuu/kesäkuuta heinäkuu/heinäkuuta elokuu/elokuuta syyskuu/syyskuuta lokakuu/lokakuuta marraskuu/marraskuuta
    joulukuu/joulukuuta
hu  január február/febr március/márc április/ápr május/máj június/jún július/júl augusztus szeptember/szept október
    november december
ro  ianuarie/ian februarie martie aprilie mai iunie/iun iulie/iul august septembrie octombrie noiembrie/noi decembrie
lt  sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio
lv  janvāris/janvārī februāris/februārī marts/martā aprīlis/aprīlī maijs/maijā jūnijs/jūnijā jūlijs/jūlijā
    augusts/augustā septembris/septembrī oktobris/oktobrī novembris/novembrī decembris/decembrī
et  jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember
is  janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember
id  januari februari maret april mei juni juli agustus september oktober november desember
uz  yanvar fevral mart aprel may iyun iyul avgust sentabr/sentyabr oktabr/oktyabr noyabr dekabr
az  yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr
tg  январ/январи феврал/феврали март/марти апрел/апрели май/майи июн/июни июл/июли август/августи сентябр/сентябри
    октябр/октябри ноябр/ноябри декабр/декабри
el  ιανουαρίου/ιαν φεβρουαρίου/φεβ μαρτίου/μαρ απριλίου/απρ μαΐου/μαϊ ιουνίου/ιουν ιουλίου/ιουλ αυγούστου/αυγ
    σεπτεμβρίου/σεπ οκτωβρίου/οκτ νοεμβρίου/νοε δεκεμβρίου/δεκ
ar  يناير/جانفي فبراير/فيفري/شباط مارس/آذار/اذار أبريل/ابريل/إبريل/أفريل/نيسان مايو/ماي/أيار/ايار
    يونيو/يونيه/جوان/حزيران يوليو/يوليه/يوليوز/جويلية/تموز أغسطس/اغسطس/غشت/أوت/آب سبتمبر/شتنبر/أيلول/ايلول
    أكتوبر/اكتوبر نوفمبر/نونبر ديسمبر/دجنبر
kk  قاڭتار اقپان ناۋرىز ٴساۋىر/ساۋىر مامىر ماۋسىم شىلدە تامىز قىركۇيەك قازان قاراشا جەلتوقسان
ka  იანვარი/იან თებერვალი/თებ მარტი აპრილი/აპრ მაისი/მაი ივნისი/ივნ ივლისი/ივლ აგვისტო/აგვ სექტემბერი/სექ ოქტომბერი/ოქტ
    ნოემბერი/ნოე დეკემბერი/დეკ
hy  հունվար/հունվարի փետրվար/փետրվարի մարտ/մարտի ապրիլ/ապրիլի մայիս/մայիսի հունիս/հունիսի հուլիս/հուլիսի
    օգոստոս/օգոստոսի սեպտեմբեր/սեպտեմբերի հոկտեմբեր/հոկտեմբերի նոյեմբեր/նոյեմբերի դեկտեմբեր/դեկտեմբերի
tk  ýanwar fewral mart aprel maý iýun iýul awgust sentýabr oktýabr noýabr dekabr
th  มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม
he  ינואר/בינואר פברואר/בפברואר מרץ/במרץ אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי אוגוסט/באוגוסט
    ספטמבר/בספטמבר אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר
hi  जनवरी फरवरी/फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर/सितम्बर अक्टूबर नवंबर/नवम्बर दिसंबर/दिसम्बर
"""
# Kazakh adds the case to the month: `8 сәуірде`, `30 Qazanda`.
_KAZAKH = """
    қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан
    qañtar aqpan nauryz säuir mamyr mausym şilde tamyz qyrküiek qazan qaraşa jeltoqsan
    qańtar aqpan naýryz sáýir mamyr maýsym shilde tamyz qyrkúıek qazan qarasha jeltoqsan
    qañtar aqpan nawrız säwir mamır mawsım şilde tamız qırküyek qazan qaraşa jeltoqsan
    қаң ақп нау сәу мам мау шіл там қыр қаз қар жел
"""
_KAZAKH_ENDINGS = """
    да де та те дан ден тан тен нан нен дағы дегі тағы тегі дың дің тың тің ның нің ға ге қа ке ы і ында інде ының інің
    da de ta te dan den daǵy degi dağı y i ynda inde
"""
# Kyrgyz and Uzbek in Cyrillic do the same to the Russian names: `15-ноябрда`, `14 мартда`.
_TURKIC_STEMS = "январ феврал март апрел май июн июл август сентябр октябр ноябр декабр"
_TURKIC_ENDINGS = "да та ида ында унда дагы тагы даги тагы нинг ге га"
_CROATIAN = "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca"
# Croatian `listopad` is October, where Polish and Czech mean November.
MONTHS_OF_LANGUAGE = {
    "hr": dict(zip(_CROATIAN.split(), range(1, 13), strict=True)),
}
# Two words each; they are read as the one that means the same.
MONTHS_OF_TWO_WORDS = {
    "كانون الثاني": "يناير", "تشرين الأول": "أكتوبر", "تشرين الاول": "أكتوبر", "تشرين الثاني": "نوفمبر",
    "كانون الأول": "ديسمبر", "كانون الاول": "ديسمبر",
}  # fmt: skip

_TODAY = """
    сегодня бүгін today heute aujourd hoy oggi hoje vandaag dzisiaj dziś dnes bugün сьогодні idag tänään bugun днес
    бүгүн бугун имрӯз өнөөдөр امروز 今天 今日 오늘 آج اليوم היום आज
"""
_YESTERDAY = """
    вчера кеше yesterday gestern hier ayer ieri ontem gisteren wczoraj včera dün вчора igår eilen kecha кечээ
    кеча дирӯз өчигдөр دیروز 昨天 昨日 어제 أمس אתמול
"""
_BEFORE_YESTERDAY = "позавчера vorgestern anteayer przedwczoraj předevčírem toissapäivänä 前天 一昨日 그저께"
JUST_NOW = frozenset(
    ("только что", "just now", "now", "жаңа ғана", "қазір", "gerade eben", "щойно", "şimdi", "刚刚", "たった今"),
)

_SECONDS = "секунда секунду секунды секунд сек second seconds sec secs s sekunden secondes segundos 秒 초"
_MINUTES = """
    минута минуту минуты минут мин минутта minute minutes min mins m minuten minuto minutos minuti minuut minuta minuty
    minut minutę dakika хвилину хвилини хвилин хв minuter minutter minuuttia daqiqa
    мүнөт дақиқа دقيقة دقائق دقیقه דקות דקה 分钟 分鐘 分 분
"""
_HOURS = """
    час часа часов ч сағат hour hours hr hrs h stunde stunden std heure heures hora horas ora ore uur uren godzina
    godziny godzin godzinę hodina hodiny hodin hodinami saat годину години годин год timme timmar time timer tuntia
    tunnin soat саат соат ساعة ساعات ساعت שעות שעה 小时 小時 時間 시간
"""
_DAYS = """
    день дня дней дн күн day days d tag tage tagen jour jours día días dia dias giorno giorni dag dagen dni dzień dny
    gün добу дні днів dager dage päivää kun يوم أيام روز ימים יום 天 日 일
"""
_AGO_WORDS = """
    назад бұрын ago vor il hace fa há atrás geleden temu před önce тому sedan siden sitten oldin
    avval аввал мурун мурда преди منذ قبل پیش לפני 前 전
"""
AGO = frozenset(_AGO_WORDS.split())
# Before a unit these mean one; "час назад" has none at all.
_ONE_WORDS = "an a one один одну бір einer einem une una uma um un en ett jedną"
ONE = frozenset(_ONE_WORDS.split())

# Hours east of Greenwich. CST, IST and other abbreviations that several countries use are decided in `dates`.
_FIXED_ZONES = """
    Z:0 UTC:0 GMT:0 UT:0 WET:0 WEST:1 BST:1 CET:1 CEST:2 MEZ:1 MESZ:2 EET:2 EEST:3 SAST:2 MSK:3 МСК:3 мск:3 TRT:3 GST:4
    PKT:5 WIB:7 ICT:7 HKT:8 SGT:8 AWST:8 JST:9 KST:9 AEST:10 AEDT:11 NZST:12 NZDT:13 AST:-4 ADT:-3 EST:-5 EDT:-4 CDT:-5
    MST:-7 MDT:-6 PST:-8 PDT:-7 BRT:-3
"""
FIXED_ZONES = {name: int(hours) * 3_600 for name, _, hours in (pair.partition(":") for pair in _FIXED_ZONES.split())}
"""Abbreviation -> seconds east of Greenwich."""
NAMED_ZONES = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}


def _without_marks(word: str) -> str:
    """`word` in plain letters, as careless sites print it."""
    if word.isascii() or word[0] > "\u024f":  # marks are part of the letter beyond Latin
        return word
    return "".join(c for c in normalize("NFKD", word) if not combining(c)).replace("ı", "i").replace("ł", "l")


def _months() -> dict[str, int]:
    months: dict[str, int] = {}
    groups = [word for word in _MONTH_NAMES.split() if len(word) > 2 or not word.isascii()]
    for position, group in enumerate(groups):
        for form in group.split("/"):
            months[form] = months[_without_marks(form)] = position % 12 + 1
    for position, stem in enumerate(_KAZAKH.split()):
        for stem_form in (stem, stem[:-1] + "г" if stem.endswith("к") else stem):
            for case in ("", *_KAZAKH_ENDINGS.split()):
                months.setdefault(stem_form + case, position % 12 + 1)
                months.setdefault(_without_marks(stem_form + case), position % 12 + 1)
    for position, stem in enumerate(_TURKIC_STEMS.split()):
        for case in ("", *_TURKIC_ENDINGS.split()):
            months.setdefault(stem + case, position + 1)
    return months


def _with_plain_forms(words: str) -> Iterator[str]:
    for word in words.split():
        yield word
        yield _without_marks(word)


MONTHS = _months()
"""Form of a month's name, lower case -> 1..12."""
DAYS_BACK = {
    word: days
    for days, words in enumerate((_TODAY, _YESTERDAY, _BEFORE_YESTERDAY))
    for word in _with_plain_forms(words)
}
"""today, yesterday, the day before, in lower case -> how many days ago."""
UNITS = {
    word: seconds
    for seconds, words in ((1, _SECONDS), (60, _MINUTES), (3_600, _HOURS), (86_400, _DAYS))
    for word in _with_plain_forms(words)
}
"""Form of a unit's name, lower case -> seconds."""
