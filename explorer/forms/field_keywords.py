"""Keywords that identify a field's purpose, in ten languages; compared with casefolded text."""

import re


def _words(pattern: str, cjk: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)|{cjk}")


#: Never filled: secrets and payment data.
SECRET = _words(
    r"pass(?:word|code|phrase|wort)?|pwd|pin|otp|2fa|one[- ]time|(?:verification|security|access"
    r"|auth\w*|promo|coupon"
    r"|gift|invite|voucher) ?(?:code|card)|captcha|c(?:vc|vv|sc)2?|card ?(?:number|holder|no)"
    r"|(?:credit|debit|bank) ?\w*|iban|ssn|social security|tax id"
    r"|api[- ]?key|token|secret|kennwort|passwort|kreditkarte\w*|kartennummer|konto\w*|mot de passe"
    r"|carte (?:bancaire|de crédit)|contraseña"
    r"|tarjeta|carta di credito|senha|cartão|wachtwoord|hasło|numer karty|пароль|код|номер карты"
    r"|donat\w*|amount to pay|upload",
    "パスワード|暗証|カード番号|密码|密碼|验证码|卡号|信用卡",
)
#: Personal and contact data, and messages to others.
PERSONAL = _words(
    r"e-?mail\w*|mail|phone\w*|mobile|tel|telephone|fax|address\w*|street|zip\w*|post ?code|postal\w*"
    r"|country|state|province"
    r"|(?:first|last|full|your|user|family|given|middle|nick|display|contact|company)[- ]?names?|name"
    r"|surname|username|login|user ?id"
    r"|birth\w*|dob|age|gender|company|organi[sz]ation|subject|message|comments?|reply|review|feedback"
    r"|inquiry|enquiry|bio"
    r"|telefon\w*|handy|adresse|straße|plz|vorname|nachname|geburt\w*|firma|nachricht|kommentar\w*"
    r"|courriel|téléphone"
    r"|nom|prénom|rue|naissance|entreprise|commentaire\w*|correo|teléfono|nombre|apellidos?|dirección"
    r"|calle|empresa|mensaje"
    r"|comentario\w*|telefono|nome|cognome|indirizzo|azienda|messaggio|commento|sobrenome|endereço"
    r"|mensagem|comentário"
    r"|telefoon|naam|voornaam|achternaam|adres|bericht|opmerking|imię|nazwisko|ulica|wiadomość|komentarz"
    r"|почта|телефон|имя|фамилия|адрес|сообщение|комментари\w+|website|url|webhook|domain|host\w*",
    "メール|電話|氏名|名前|住所|コメント|メッセージ|邮箱|電子郵件|电话|電話|姓名|地址|评论|留言|消息",
)
SEARCH = _words(
    r"search\w*|find|look ?up|query|keywords?|q|such(?:e|en|begriff)|suchen|finden|recherche\w*"
    r"|chercher|trouver"
    r"|busca\w*|buscar|encontrar|cerca|ricerca|procurar|pesquisa\w*|zoek\w*|vind|szukaj|wyszuka\w*|znajdź"
    r"|поиск|искать|найти",
    "検索|さがす|探す|搜索|搜尋|查找|查询",
)
FILTER = _words(
    r"filter\w*|refine|narrow|type to filter|eingrenzen|filtr\w*|filtrar|filtra\w*|affiner|фильтр\w*",
    "絞り込み|フィルタ\\w*|筛选|篩選|过滤",
)
TODO = _words(
    r"what needs? to be done|to-?dos?|to do|(?:add|new|create)(?: an?)?(?: new)? (?:tasks?|items?"
    r"|cards?|notes?|entry|list)"
    r"|(?:neue )?aufgabe\w*|was ist zu tun|tâches?|à faire|tareas?|por hacer|attività|da fare|tarefas?"
    r"|a fazer|taken?|taak"
    r"|te doen|zadani[ae]|do zrobienia|задач\w+|сделать",
    "やること|タスク|待办|任务",
)
#: Selects that change the whole site: language, currency, theme.
PICKER = _words(
    r"lang\w*|locale|currenc\w+|countr(?:y|ies)|theme|appearance|colou?r (?:scheme|mode)|skin"
    r"|time ?zone|sprache\w*"
    r"|währung|land|langue|devise|pays|idioma|moneda|país|lingua|valuta|paese|moeda|taal|język|waluta"
    r"|kraj|язык|валюта|страна",
    "言語|通貨|国|语言|語言|货币|国家",
)
LANGUAGE = _words(
    r"english|deutsch|german|français|french|español|spanish|italiano|italian|português|portuguese"
    r"|nederlands|polski|русский"
    r"|türkçe|svenska|usd|eur|gbp|jpy|germany|france|united (?:states|kingdom)|light|dark",
    "日本語|中文|한국어",
)
#: Options that mean no choice.
PLACEHOLDER = _words(
    r"(?:please )?(?:select|choose|pick)(?: .*)?|none|all(?: .*)?|any(?: .*)?|no filter|default"
    r"|bitte .*|auswählen|alle\w*|kein\w*"
    r"|choisir|sélectionne\w*|tou(?:s|tes)|aucune?|seleccion\w*|elegir|tod[oa]s|ningun[oa]|selezion\w*"
    r"|tutt[ie]|nessun[oa]"
    r"|selecion\w*|nenhum\w*|kies\w*|selecteer|geen|wybierz\w*|wszystkie|brak|выбер\w+|все|нет",
    "選択|すべて|なし|请选择|全部|所有|无",
)
DESTRUCTIVE = _words(
    r"delete|remove|trash|archive|reset|shut ?down|restart|disable|löschen|entfernen|supprimer"
    r"|eliminar|borrar|elimina"
    r"|excluir|verwijder\w*|usuń|удалить",
    "削除|删除|刪除",
)
_COMMON = (
    "eur usd gbp chf add cart basket item items price from show sort filter reset clear "
    "the and for with from this that your you our are how what why when who all more new get use using "
    "into out not can home menu search login sign log close open back next previous toggle main page "
    "skip content learn about contact help privacy terms cookie cookies read see view show hide "
    "settings language english welcome footer navigation start end der die das und für mit von ist "
    "nicht ein eine wie mehr alle neue startseite suche les des une pour avec dans sur est plus tout "
    "accueil los las una por para con del como más todo inicio gli che per non più tutto uma não mais "
    "com het een van voor met niet meer jest nie dla oraz это как для что"
)
#: Frequent words that are no useful search terms.
COMMON = frozenset(_COMMON.split())
