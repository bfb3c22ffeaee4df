"""A text's language is told by its own letters and words; what a page declares only settles doubts."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.articles import language
from crawler.articles.language import detect_language

# One small piece of news of our own in each language.
NEWS = {
    "ru": (
        "В городе открыли новый мост через реку. Его строили два года, и теперь жители смогут доехать до "
        "центра за десять минут."
    ),
    "kk": (
        "Қалада өзен арқылы жаңа көпір ашылды. Оның құрылысы екі жылға созылды, енді тұрғындар орталыққа он "
        "минутта жетеді."
    ),
    "en": (
        "A new bridge over the river was opened in the city. It took two years to build and will save people "
        "half an hour."
    ),
    "uk": (
        "У місті відкрили новий міст через річку. Його будували два роки, і тепер мешканці зможуть доїхати до"
        " центру швидше."
    ),
    "be": (
        "У горадзе адкрылі новы мост праз раку. Яго будавалі два гады, і цяпер жыхары змогуць хутчэй даехаць да цэнтра."
    ),
    "bg": (
        "В града беше открит нов мост над реката. Строежът продължи две години и сега хората ще стигат до "
        "центъра по-бързо."
    ),
    "sr": (
        "У граду је отворен нови мост преко реке. Грађен је две године и сада ће људи брже стизати до центра,"
        " рекао је министар."
    ),
    "mk": (
        "Во градот беше отворен нов мост преку реката. Се градеше две години и сега луѓето ќе стигнуваат "
        "побрзо до центарот."
    ),
    "ky": (
        "Шаарда дарыя аркылуу жаңы көпүрө ачылды. Анын курулушу эки жылга созулду, эми тургундар борборго он "
        "мүнөттө жетет."
    ),
    "tg": (
        "Дар шаҳр пули нав аз болои дарё кушода шуд. Сохтмони он ду сол давом кард ва акнун одамон ҷойи корро"
        " зудтар меёбанд."
    ),
    "uz": (
        "Шаҳарда дарё устидан янги кўприк очилди. Унинг қурилиши икки йил давом этди, энди одамлар марказга "
        "тезроқ боради."
    ),
    "mn": (
        "Хотод голын дээгүүр шинэ гүүр нээгдлээ. Түүнийг хоёр жил барьсан бөгөөд одоо хүмүүс төв рүү илүү "
        "хурдан очих юм."
    ),
    "tt": "Шәһәрдә елга аша яңа күпер ачылды. Аны ике ел төзеделәр, хәзер кешеләр үзәккә тизрәк барып җитә алачак.",
    "de": (
        "In der Stadt wurde eine neue Brücke über den Fluss eröffnet. Der Bau hat zwei Jahre gedauert und ist"
        " nicht billig gewesen."
    ),
    "fr": (
        "Un nouveau pont sur la rivière a été inauguré dans la ville. Les travaux ont duré deux ans et ils "
        "ont coûté plus que prévu."
    ),
    "es": (
        "Un nuevo puente sobre el río fue inaugurado en la ciudad. Las obras duraron dos años y han costado "
        "más de lo que se esperaba."
    ),
    "it": (
        "Un nuovo ponte sul fiume è stato inaugurato nella città. I lavori sono durati due anni e il costo è "
        "più alto del previsto."
    ),
    "pt": (
        "Uma nova ponte sobre o rio foi inaugurada na cidade. As obras duraram dois anos e não custaram mais "
        "do que se esperava."
    ),
    "nl": (
        "In de stad is een nieuwe brug over de rivier geopend. De bouw heeft twee jaar geduurd en het werk "
        "was niet goedkoop."
    ),
    "sv": (
        "En ny bro över floden har öppnats i staden. Det tog två år att bygga den och den var inte billig för"
        " kommunen, som också ägs av oss."
    ),
    "no": (
        "En ny bro over elven er åpnet i byen. Det tok to år å bygge den, og den var ikke billig for kommunen"
        " etter det vi har fått vite."
    ),
    "da": (
        "En ny bro over floden er åbnet i byen. Det tog to år at bygge den, og den blev ikke billig for "
        "kommunen efter hvad vi har fået at vide."
    ),
    "fi": (
        "Kaupungissa avattiin uusi silta joen yli. Sen rakentaminen kesti kaksi vuotta, ja se ei ollut halpa,"
        " mutta nyt se on valmis."
    ),
    "is": (
        "Ný brú yfir ána var opnuð í borginni. Það tók tvö ár að byggja hana og hún var ekki ódýr en er nú "
        "til fyrir alla sem vilja."
    ),
    "pl": (
        "W mieście otwarto nowy most przez rzekę. Budowa trwała dwa lata i nie była tania, ale teraz jest już"
        " po wszystkim."
    ),
    "cs": (
        "Ve městě byl otevřen nový most přes řeku. Stavba trvala dva roky a nebyla levná, ale nyní je už "
        "hotová a lidé jsou rádi."
    ),
    "sk": (
        "V meste bol otvorený nový most cez rieku. Stavba trvala dva roky a nebola lacná, ale teraz je už "
        "hotová a ľudia sú radi."
    ),
    "hu": (
        "Új híd nyílt a folyó felett a városban. Az építés két évig tartott és nem volt olcsó, de most már "
        "kész van, és ez jó hír."
    ),
    "ro": (
        "Un pod nou peste râu a fost deschis în oraș. Lucrările au durat doi ani și nu au fost ieftine, dar "
        "acum este gata."
    ),
    "tr": (
        "Şehirde nehir üzerinde yeni bir köprü açıldı. Yapımı iki yıl sürdü ve çok ucuz değil, ama insanlar "
        "için daha iyi olacak."
    ),
    "az": (
        "Şəhərdə çay üzərində yeni bir körpü açıldı. Onun tikintisi iki il çəkdi və bu, insanlar üçün daha "
        "yaxşı olacaq."
    ),
    "vi": (
        "Một cây cầu mới qua sông đã được khánh thành trong thành phố. Công trình kéo dài hai năm và không rẻ"
        " với người dân."
    ),
    "id": (
        "Jembatan baru di atas sungai telah dibuka di kota itu. Pembangunan memakan dua tahun dan tidak murah"
        " karena harga bahan."
    ),
    "lt": (
        "Mieste buvo atidarytas naujas tiltas per upę. Statyba truko dvejus metus ir buvo brangi, bet dabar "
        "jis yra baigtas."
    ),
    "lv": (
        "Pilsētā tika atklāts jauns tilts pār upi. Būvdarbi ilga divus gadus un nav bijuši lēti, bet tagad "
        "tas ir gatavs."
    ),
    "et": (
        "Linnas avati uus sild üle jõe. Ehitus kestis kaks aastat ja see ei olnud odav, aga nüüd on see "
        "valmis ning avatud."
    ),
    "sl": (
        "V mestu so odprli nov most čez reko. Gradnja je trajala dve leti in ni bila poceni, a zdaj je most "
        "za vse ljudi."
    ),
    "hr": (
        "U gradu je otvoren novi most preko rijeke. Gradnja je trajala dvije godine i nije bila jeftina, ali "
        "će sada biti bolje."
    ),
    "sq": (
        "Në qytet u hap një urë e re mbi lumë. Ndërtimi zgjati dy vjet dhe nuk ishte i lirë, por tani është "
        "gati për të gjithë."
    ),
    "ca": (
        "Un nou pont sobre el riu va ser inaugurat a la ciutat. Les obres van durar dos anys i han costat més"
        " del que es preveia."
    ),
    "af": (
        "ʼn Nuwe brug oor die rivier is in die stad geopen. Dit het twee jaar geneem om te bou en was nie goedkoop nie."
    ),
    "zu": (
        "Ibhuloho elisha livuliwe kule dolobha futhi abantu bathi bajabulile ngoba kuthiwa lizosiza kakhulu "
        "uma izimvula zina."
    ),
    "xh": (
        "Ibhulorho entsha ivuliwe esixekweni kwaye abantu bathi bayavuya kuba kunye nabantwana babo ngexesha "
        "lemvula kakhulu kunzima."
    ),
    "sw": (
        "Daraja jipya juu ya mto limefunguliwa katika mji huo. Ujenzi wa daraja ulichukua miaka miwili na "
        "watu kutoka mbali walikuja kwa furaha."
    ),
    "tl": (
        "Binuksan na ang bagong tulay sa ibabaw ng ilog sa lungsod. Dalawang taon itong ginawa at hindi mura "
        "para sa mga tao."
    ),
    "lb": (
        "An der Stad gouf eng nei Bréck iwwer de Floss opgemaach. De Bau huet zwee Joer gedauert an ass net "
        "bëlleg, mat all deem."
    ),
    "ar": "افتتح جسر جديد فوق النهر في المدينة بعد عامين من العمل، ويمكن للناس الآن الوصول إلى وسط المدينة بسرعة.",
    "fa": "پل جدیدی بر روی رودخانه در شهر گشوده شد. ساخت آن دو سال طول کشید و اکنون مردم زودتر به مرکز شهر می‌رسند.",
    "ur": "شہر میں دریا پر نیا پل کھول دیا گیا ہے۔ اس کی تعمیر میں دو سال لگے اور اب لوگ جلدی مرکز پہنچ سکیں گے۔",
    "ps": "په ښار کې پر سیند نوی پل پرانیستل شو. د هغه جوړول دوه کاله وخت ونیو او اوس خلک ژر مرکز ته رسېږي.",
    "he": "גשר חדש מעל הנהר נפתח בעיר. הבנייה ארכה שנתיים וכעת יגיעו התושבים למרכז מהר יותר.",
    "el": "Μια νέα γέφυρα πάνω από το ποτάμι άνοιξε στην πόλη. Η κατασκευή κράτησε δύο χρόνια.",
    "hy": "Քաղաքում բացվել է նոր կամուրջ գետի վրայով։ Շինարարությունը տևել է երկու տարի։",
    "ka": "ქალაქში მდინარეზე ახალი ხიდი გაიხსნა. მშენებლობა ორ წელს გაგრძელდა.",
    "th": "สะพานใหม่ข้ามแม่น้ำเปิดใช้แล้วในเมือง การก่อสร้างใช้เวลาสองปี",
    "km": "ស្ពានថ្មីឆ្លងទន្លេត្រូវបានបើកនៅក្នុងទីក្រុង",
    "lo": "ຂົວໃໝ່ຂ້າມແມ່ນ້ຳໄດ້ເປີດໃນເມືອງ",
    "my": "မြို့တွင် မြစ်ကူးတံတားသစ် ဖွင့်လှစ်ခဲ့သည်",
    "hi": "शहर में नदी पर नया पुल खोला गया है। इस का निर्माण दो साल में हुआ और अब लोग केंद्र तक जल्दी पहुँच सकते हैं।",
    "mr": "शहरात नदीवर नवीन पूल सुरू करण्यात आला आहे. या पुलाचे बांधकाम दोन वर्षे चालले आणि आता लोक लवकर पोहोचत आहेत.",
    "ne": ("सहरमा नदीमाथि नयाँ पुल खुलेको छ। यसको निर्माण दुई वर्षमा भएको हो र अब मानिसहरू छिटो पुग्ने छन् भने यो राम्रो हो।"),
    "bn": "শহরে নদীর উপর নতুন সেতু খোলা হয়েছে। নির্মাণে দুই বছর লেগেছে।",
    "ta": "நகரில் ஆற்றின் மீது புதிய பாலம் திறக்கப்பட்டது.",
    "te": "నగరంలో నదిపై కొత్త వంతెన ప్రారంభమైంది.",
    "kn": "ನಗರದಲ್ಲಿ ನದಿಯ ಮೇಲೆ ಹೊಸ ಸೇತುವೆ ತೆರೆಯಲಾಯಿತು.",
    "ml": "നഗരത്തിൽ നദിക്കു മുകളിൽ പുതിയ പാലം തുറന്നു.",
    "gu": "શહેરમાં નદી પર નવો પુલ ખોલવામાં આવ્યો.",
    "pa": "ਸ਼ਹਿਰ ਵਿੱਚ ਦਰਿਆ ਉੱਤੇ ਨਵਾਂ ਪੁਲ ਖੋਲ੍ਹਿਆ ਗਿਆ।",
    "si": "නගරයේ ගඟ හරහා නව පාලමක් විවෘත විය.",
    "am": "በከተማው ውስጥ በወንዙ ላይ አዲስ ድልድይ ተከፈተ።",
    "zh": "市内一座跨河新桥已经通车。工程历时两年，市民今后十分钟即可到达市中心。",
    "ja": "市内の川に新しい橋が開通した。工事は二年かかり、市民は中心部まで十分で行けるようになる。",
    "ko": "도시에서 강을 건너는 새 다리가 개통되었다. 공사는 이 년이 걸렸다.",
}
LATIN_KAZAKH = (
    "Qalada özen arqyly jaña köpir aşyldy, onyñ qurylysy eki jylğa sozyldy jäne bul turğyndar üşin öte mañyzdy boldy."
)
LATIN_UZBEK = (
    "Shaharda daryo ustidan yangi ko‘prik ochildi, bu odamlar uchun juda muhim va yana bir yil davom "
    "etgan ish bilan bog‘liq."
)


def test_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(language).failed == 0


@pytest.mark.parametrize(("code", "text"), [pytest.param(*item, id=item[0]) for item in NEWS.items()])
def test_told_by_the_text_alone(code: str, text: str) -> None:
    assert detect_language(text) == code


@pytest.mark.parametrize(("code", "text"), [pytest.param(*item, id=item[0]) for item in NEWS.items()])
def test_a_wrong_declaration_does_not_win(code: str, text: str) -> None:
    wrong = "zh-Hant" if code == "ar" else "ar"
    assert detect_language(text, declared=wrong) == code
    if code not in ("en", "af", "lb"):
        assert detect_language(text, declared="en-US") == code


@pytest.mark.parametrize(("code", "text"), [pytest.param(*item, id=item[0]) for item in NEWS.items()])
def test_a_right_declaration_changes_nothing(code: str, text: str) -> None:
    assert detect_language(text, declared=code) == code


@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        pytest.param(LATIN_KAZAKH, None, "kk", id="Kazakh in Latin"),
        pytest.param(LATIN_UZBEK, None, "uz", id="Uzbek in Latin"),
        pytest.param(
            "قالادا جاڭا كوپىر اشىلدى، دەپ حابارلادى اۋدان تۇرعىندارى", None, "kk", id="Kazakh in Arabic letters"
        ),
        pytest.param("شەھەردە يېڭى كۆۋرۈك ئېچىلدى، دەپ خەۋەر قىلدى", None, "ug", id="Uyghur"),
        pytest.param(NEWS["kk"], "ru", "kk", id="Kazakh on a page declared Russian"),
        pytest.param(NEWS["ru"], "kk-KZ", "ru", id="Russian on a page declared Kazakh"),
        pytest.param(NEWS["ru"] + " Сообщили в Ұлытау и Өскемен.", "kk", "ru", id="Russian with two Kazakh names"),
        pytest.param(NEWS["kk"], "kz", "kk", id="the country's code instead of the language's"),
        pytest.param(NEWS["uk"], "ua", "uk", id="Ukraine's code"),
        pytest.param("Kommunimi ataatsimiinneq ullumi naammassivoq", "kl", "kl", id="a language outside the tables"),
        pytest.param("En ny bro i Oslo", "nb_NO", "no", id="Norwegian Bokmål"),
        pytest.param("Мост", "bg", "bg", id="one word, declared"),
        pytest.param("Мост", None, None, id="one word, not declared"),
        pytest.param("Bridge", "ru", None, id="one word, declared in another script"),
        pytest.param("2024: 15 %", "kk", "kk", id="numbers only"),
        pytest.param("", "en-GB", "en", id="no text"),
        pytest.param("", "english", None, id="no text, no code"),
        pytest.param("", None, None, id="nothing at all"),
    ],
)
def test_doubts(text: str, declared: str | None, code: str | None) -> None:
    assert detect_language(text, declared=declared) == code


def test_a_headline_helps_a_short_body_only() -> None:
    assert detect_language("Көпір.", headline="Қалада жаңа көпір ашылды") == "kk"
    assert detect_language(NEWS["ru"] * 2, headline="Қалада жаңа көпір ашылды") == "ru"


@given(st.text(), st.none() | st.text(max_size=6), st.none() | st.text())
def test_any_text_has_a_language_or_none(text: str, declared: str | None, headline: str | None) -> None:
    code = detect_language(text, declared=declared, headline=headline)
    assert code is None or (code.isascii() and code.islower() and 2 <= len(code) <= 3)
