// What the answers and questions of overlays say, in English, German, French, Spanish, Italian, Portuguese,
// Dutch, Polish, Russian, Japanese and Chinese. All are compared with `plain` text.
const EDGE = "[\\p{L}\\p{N}]";
const words = (latin, cjk = "") =>
  new RegExp(`(?<!${EDGE})(?:${latin})(?!${EDGE})${cjk && `|${cjk}`}`, "u");
const whole = (latin, cjk = "") => new RegExp(`^(?:${latin}${cjk && `|${cjk}`})[.!…]*$`, "u");
// For whole texts, whose words are not told apart: other scripts write none.
const about = (...parts) => new RegExp(parts.join("|"), "u");
const plain = (text) =>
  text.normalize("NFKC").toLowerCase().replace(/[’`´]/g, "'").replace(/\s+/g, " ").trim();

// Never pressed, whatever else the label says.
const PAID = words(
  "subscri(?:be|ption)\\S*|buy|pay|purchase|pur|upgrade|(?:pur-?)?abo|abonnieren|kaufen|bezahlen" +
    "|s'abonner|abonne\\S*|acheter" +
    "|payer|suscr[ií]b\\S*|suscripción|comprar|pagar|abbona\\S*|acquista|assin(?:ar|e|atura)|kopen|betalen" +
    "|subskryb\\S*|kup|zapłać|подпис\\S*|купить|оплатить",
  "購入|購読|购买|訂閱|订阅|付费",
);
// A consent whose other choice is to pay.
const PAID_FOR = about(
  String.raw`pay or (?:ok|okay|consent|accept)|consent or pay|contentpass|pur-?abo|ad-?free|werbefrei`,
  String.raw`sans publicité|sin publicidad|senza pubblicità|bez reklam|без рекламы`,
);
const MANAGE = words(
  "settings|preferences|manage|customi[sz]e|options|more|learn|policy|details|einstellungen|anpassen|mehr" +
    "|paramètres|paramétrer|personnaliser|plus|configurar|personalizar|ajustes|gestisci|personalizza" +
    "|instellingen|aanpassen" +
    "|ustawienia|dostosuj|настро\\S*|подробнее",
  "設定|详情|設置|设置|詳細",
);
const REJECT = words(
  "reject|decline|refuse|deny|disagree|disallow|opt[- ]?out|do(?: not|n't) (?:accept|consent|allow|agree)" +
    "|without (?:accepting|consent\\S*|cookies|agreeing)|ablehnen|verweigern|nicht (?:akzeptieren" +
    "|zustimmen|einverstanden)" +
    "|ohne (?:zustimmung|einwilligung|akzeptieren|zuzustimmen)|(?:tout |je )?refuse[rz]?|rejeter" +
    "|sans accepter" +
    "|rechazar|denegar|no acept\\S*|sin aceptar|rifiuta\\S*|nega|senza accettare|non accett\\S*" +
    "|rejeitar|recusar" +
    "|não aceit\\S*|sem aceitar|weiger(?:en)?|afwijzen|niet (?:akkoord|accepteren|toestaan)" +
    "|odrzu[cć]\\S*|odmawiam|odmów" +
    "|nie (?:zgadzam się|akceptuj\\S*)|отклонить|отказ\\S*|не (?:принимать|согласен)",
  "拒否|同意しない|拒绝|拒絕|不同意|不接受",
);
const NECESSARY = words(
  "(?:only|just|use|accept|allow|continue with)(?: the)?(?: only)?(?: strictly)? (?:necessary" +
    "|essentials?|required|functional)" +
    "|(?:necessary|essentials?|required)(?: cookies)? only" +
    "|nur(?: die)?(?: technisch)? (?:notwendig|erforderlich|essen[zt]iell)\\S*|(?:notwendig" +
    "|erforderlich)e(?: cookies)? (?:zulassen|akzeptieren)" +
    "|(?:uniquement|seulement)(?: les)?(?: cookies)? (?:nécessaires|essentiels)|(?:nécessaires" +
    "|essentiels) (?:uniquement|seulement)" +
    "|strictement nécessaires|(?:s[oó]lo|solamente|únicamente)(?: las" +
    "| los)?(?: cookies)? (?:necesari|esencial)\\S*" +
    "|solo(?: i)?(?: cookie)? (?:necessari|essenziali|tecnici)|(?:apenas|somente" +
    "|só)(?: os)?(?: cookies)? (?:necessári|essencia)\\S*" +
    "|alleen(?: de)?(?: strikt)? (?:noodzakelijk|functionel|essentiël)\\S*" +
    "|tylko(?: pliki)? (?:niezbędn|konieczn|wymagan)\\S*" +
    "|только (?:необходим|обязательн)\\S*",
  "必要な?(?:もの|cookie)?のみ|必須(?:cookie)?のみ|仅.{0,4}必要|僅.{0,4}必要|只.{0,4}必要",
);
const CLOSE = whole(
  "(?:close|dismiss|hide)(?: (?:this|the))?(?: (?:dialog|modal|banner|window|popup|pop-up|menu|panel" +
    "|message|notice|notification|announcement|tour|box|drawer|lightbox|image|cookie (?:banner" +
    "|notice)))?" +
    "|[x×✕✖✗╳⨯⨉🗙]|(?:(?:dialog|fenster|meldung|hinweis) )?(?:schließen|schliessen|ausblenden)" +
    "|fermer(?: .{1,20})?|cerrar(?: .{1,20})?|chiudi(?: .{1,20})?" +
    "|fechar(?: .{1,20})?|sluit(?:en)?|venster sluiten|zamknij(?: .{1,20})?|закрыть(?: .{1,20})?",
  "閉じる|关闭|關閉",
);
const LATER = words(
  "not now|no,? thanks?(?: you)?|no,? i'm fine|(?:maybe |remind me |ask me )?later|skip|end tour" +
    "|exit tour|nein,? danke|später|jetzt nicht" +
    "|überspringen|tour beenden|non,? merci|plus tard|pas maintenant|passer|no,? gracias|ahora no" +
    "|más tarde|omitir|saltar|no,? grazie" +
    "|non (?:ora|adesso)|più tardi|salta|não,? obrigad[oa]|agora não|mais tarde|pular" +
    "|nee,? (?:bedankt|dank je)|niet nu" +
    "|overslaan|nie,? dziękuję|nie teraz|później|pomiń|нет,? спасибо|не сейчас|позже|пропустить",
  "後で|あとで|今はしない|スキップ|いいえ、結構|不用了|以后再说|稍后|稍後|跳过|跳過|暂不",
);
const STAY = words(
  "(?:continue|stay|remain|proceed)(?: (?:in|on|to|with|using|here)\\b.*)?|use (?:the )?(?:browser" +
    "|web\\S*|mobile site)|keep (?:browsing|shopping)" +
    "|(?:hier )?bleiben|(?:im browser )?fortfahren|weiter|rester|continuer|permanecer|continuar" +
    "|quedarme|rimani|continua|ficar|blijven|doorgaan" +
    "|zostań|kontynuuj|остаться|продолжить",
  "このまま|続ける|続行|留在|继续|繼續",
);
const SAVE = words(
  "(?:save|confirm)(?: and \\S+)?(?: my)? (?:settings|preferences|choices?|selection)|(?:auswahl" +
    "|einstellungen) (?:speichern|bestätigen)" +
    "|enregistrer|guardar (?:ajustes|preferencias|selección)|salva (?:preferenze|impostazioni)" +
    "|guardar preferências" +
    "|(?:voorkeuren|selectie) opslaan|zapisz (?:ustawienia|wybór)|сохранить (?:выбор|настройки)",
);
const ACCEPT = words(
  "accept\\S*|i agree|agree(?: .*)?|allow(?: .*)?|(?:i )?consent|akzeptier\\S*|zustimmen" +
    "|einverstanden|erlauben|zulassen|accepter|j'accepte" +
    "|autoriser|d'accord|acept\\S*|permitir|accett\\S*|consenti|aceit\\S*|concordo|accepteren" +
    "|akkoord|toestaan|akceptuj\\S*" +
    "|zgadzam się|zezwól|принять|принимаю|согласен|согласиться|разрешить",
  "同意|許可|受け入れる|接受|允许|允許",
);
const FINE = whole(
  "ok(?:ay)?|(?:ok,? )?got it|i (?:understand|see)|understood|i get it|done|finish(?: tour)?" +
    "|close tour|let's go|thanks|thank you|alles klar|(?:ok,? )?verstanden" +
    "|fertig|beenden|compris|j'ai compris|terminer|entendido|vale|ho capito|capito|percebi|begrepen" +
    "|klaar|rozumiem|gotowe|понятно|ясно|готово|хорошо",
  "わかりました|了解|完了|我知道了|知道了|明白了?|好的|完成",
);
const YES_OLD_ENOUGH = whole(
  "(?:yes|ja|oui|sí|sì|si|sim|tak|да)(?:[,.!: ].*)?|i(?: am|'m) (?:over|of|at least|above|older" +
    "|\\d\\d).*|(?:over|above) (?:18|19|21)\\b.*|(?:18|19|21) ?\\+|(?:18|19|21) (?:or|and) (?:over" +
    "|older|above)" +
    "|enter(?: (?:the )?(?:site|website))?|ich bin .*|j'ai .*|tengo .*|soy mayor .*|sono maggiorenne" +
    "|tenho .*|ik ben .*|mam .*|мне .*",
  "はい.*|是.*|已满.*|我已.*",
);
const ENTER = whole(
  "(?:click |tap )?(?:to )?(?:enter|start|begin|explore|continue|launch|discover|skip(?: intro)?" +
    "|skip (?:the )?(?:intro|animation|video)|let's go)" +
    "(?: (?:the |our )?(?:site|website|experience|journey|intro|now|here|world))?|eintreten|starten" +
    "|los geht's|überspringen|zur (?:website|seite)|entrer|commencer|découvrir|passer(?: l'intro)?" +
    "|entrar|empezar|comenzar|entra|inizia|scopri|começar|binnen|ga verder|wejdź|rozpocznij" +
    "|войти на сайт|начать",
  "入る|はじめる|開始|スキップ|进入|開始|开始|跳过",
);
const ANYWHERE = words(
  "(?:click|tap|press|touch)(?: (?:anywhere|here|the screen|any key))* to (?:enter|start|begin" +
    "|continue|explore|play)|click anywhere|tap anywhere|press any key" +
    "|(?:klicken|tippen) .{0,30}(?:zum starten|um fortzufahren)|cliquez .{0,20}pour (?:entrer" +
    "|continuer|commencer)|haz clic para|clicca per|clique para|klik om",
  "クリックして(?:開始|続行)|点击(?:进入|开始|继续|任意)",
);

// What an overlay is about.
const CONSENT = about(
  String.raw`cookie|gdpr|dsgvo|rgpd|lgpd|ciasteczk|куки|クッキー|隐私|隱私|プライバシー`,
  String.raw`(?:value|respect)s? your privacy|your (?:data )?privacy`,
  String.raw`privacy (?:choices|preferences|notice)|einwilligung|datenschutz|vie privée`,
  String.raw`respeto a (?:tu|su) privacidad|privacidade|tua privacy|prywatnoś`,
);
const NEWSLETTER = about(
  String.raw`newsletter|subscribe|mailing list|sign up (?:for|to|and)`,
  String.raw`\d ?% (?:off|rabatt|de (?:réduction|descuento|desconto)|di sconto|korting|zniżki)`,
  String.raw`your inbox|in the loop|stay (?:up to date|updated|informed)|join (?:\d[\d,.]*\+? |our )`,
  String.raw`abonnier|lettre d'information|infolettre|bolet[ií]n|suscr[ií]b|iscriviti|inscreva`,
  String.raw`nieuwsbrief|biuletyn|zapisz się|рассылк|подпишитесь|メルマガ|ニュースレター|电子报|電子報|订阅|訂閱`,
);
const AGE = about(
  String.raw`(?:are you|you are|you're|i am|i'm|must be|be|over|at least|under|aged?) .{0,24}\b(?:18|19|21)\b`,
  String.raw`legal (?:drinking |smoking )?age|age (?:verification|gate|check|restrict)`,
  String.raw`(?:verify|confirm) your age|volljährig|(?:18|16) jahre|18 ans|majeur|mayor de edad`,
  String.raw`18 años|maggiorenne|18 anni|maior de (?:idade|18)|18 anos|18 jaar|18 lat|pełnoletni`,
  String.raw`18 лет|совершеннолет|(?:18|20)歳|18岁|年满|未成年`,
);
const REGION = about(
  String.raw`(?:choose|select|pick|confirm) (?:your )?(?:country|region|location|store|site)`,
  String.raw`(?:looks like|seems?|appears?).{0,20}(?:you|your).{0,30}(?:visiting|browsing|located|from|in)`,
  String.raw`visiting (?:us )?from|ship(?:ping)? to|(?:wähle|wählen sie) .{0,12}(?:land|region)`,
  String.raw`choisi\S* (?:votre|ton) (?:pays|région)|(?:elige|selecciona) (?:tu|su) (?:país|región)`,
  String.raw`(?:scegli|seleziona) .{0,6}(?:paese|regione)|(?:escolha|selecione) .{0,8}(?:país|região)`,
  String.raw`kies je (?:land|regio)|wybierz (?:kraj|region)|выберите (?:страну|регион)|国・?地域を選択`,
  String.raw`选择.{0,4}(?:国家|地区)`,
);
const APP = about(
  String.raw`(?:get|open|use|download|install|try|in) (?:it )?(?:in )?(?:the|our) (?:\S+ )?app\b`,
  String.raw`install app|home ?screen|app (?:herunterladen|öffnen|installieren)|in der app`,
  String.raw`télécharge\S* l'app|l'appli|(?:descarga|abrir en) la app|scarica l'app`,
  String.raw`(?:baixe|abrir) o (?:app|aplicativo)|download de app|pobierz aplikację`,
  String.raw`(?:скача|откр)\S+ .{0,12}приложени|アプリ(?:で|を)|下载.{0,4}(?:app|应用|客户端)|打开.{0,3}app`,
);
const NOTIFY = about(
  String.raw`notification|push message|benachrichtigung|notificaci|notifich|notificaç|meldingen`,
  String.raw`powiadomie|уведомлени|通知`,
);
const BROWSER = about(
  String.raw`(?:unsupported|outdated|old|obsolete) (?:web )?browser`,
  String.raw`browser .{0,40}(?:not (?:fully )?supported|unsupported|out of date|outdated|no longer|veraltet|verouderd|obsoleto|non .{0,6}supportato|nie jest obsługiwana)`,
  String.raw`(?:update|upgrade|switch) (?:your |to a (?:modern|newer|different) )?browser`,
  String.raw`veralteter? browser|navigateur .{0,40}(?:obsolète|pas pris en charge|pas à jour)`,
  String.raw`navegador .{0,40}(?:obsoleto|desactualizado|no .{0,12}compatible|não .{0,12}suportado)`,
  String.raw`przeglądark.{0,30}(?:nieaktualn|nieobsługiwan)`,
  String.raw`браузер.{0,30}(?:устарел|не поддерживается)|(?:お使いの)?ブラウザ.{0,20}(?:サポート|対応)`,
  String.raw`浏览器.{0,12}(?:版本|过低|不支持)`,
);
const TOUR = about(
  String.raw`(?:take|start|begin|skip|end|exit|product|guided|quick|welcome|virtual) (?:the |a |an? interactive )?(?:product )?tour`,
  String.raw`walk-?through|step \d+ (?:of|\/) \d+|\b\d+ ?(?:of|\/) ?\d+\b.*(?:next|skip|got it|back)`,
  String.raw`onboarding|(?:einführung|rundgang)|visite guidée|recorrido|visita guiada|tour guidato`,
  String.raw`rondleiding|przewodnik|экскурси|ツアー|导览|新手引导`,
);
const CHAT = about(
  String.raw`\bchat|need (?:some )?help|help you|questions?\?|any questions|talk to (?:us|sales)`,
  String.raw`hi there|hey there|👋|brauchen sie hilfe|fragen\?|besoin d'aide|(?:necesitas?|te) ayuda`,
  String.raw`(?:ti serve|hai bisogno di) aiuto|precisa de ajuda|hulp nodig|potrzebujesz pomocy`,
  String.raw`нужна помощь|чат|お困り|チャット|客服|需要帮助`,
);
const SIGN_IN = words(
  "(?:log|sign) ?in(?: to)?|log ?on|password|anmelden|einloggen|passwort|se connecter|connexion" +
    "|mot de passe|iniciar sesión|contraseña|accedi|entrar na conta|inloggen|zaloguj|войти|пароль",
  "ログイン|登录|登錄|密码",
);
