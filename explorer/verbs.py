"""The words of the blacklist, eleven languages: patterns over lower-case words, for CJK over characters."""

#: Refused on everything, with the word that is reported.
STRICT: tuple[tuple[str, str], ...] = (
    ("delete", "delete(?:account)?"),
    ("remove", "remove(?:account)?"),
    ("unsubscribe", "unsubscribe"),
    ("deactivate", "deactivate(?:account)?"),
    ("pay", "pay(?:now)?"),
    ("checkout", "checkout"),
    ("purchase", "purchase(?:now)?"),
    ("buy", "buy(?:now)?"),
    ("cancel", "cancel(?:account)?"),
    ("close account", "close ?(?:(?:my|your|the|this) )?account"),
    ("sign out", "sign ?(?:me )?out"),
    ("log out", "log ?(?:me )?out|logoff"),
    # German. Not `zahlen` and `wissen`, which are also "figures" and "knowledge".
    ("delete", "löschen?|entfernen?|delete"),
    ("unsubscribe", "abbestellen|kündigen|kündige"),
    ("deactivate", "deaktivieren"),
    ("pay", "bezahlen|jetzt zahlen|zur kasse(?: gehen)?"),
    ("buy", "kaufen|zahlungspflichtig bestellen"),
    ("cancel", "abbrechen|stornieren"),
    ("close account", "(?:benutzer)?konto (?:schliessen|auflösen)"),
    ("log out", "abmelden|ausloggen"),
    # French
    ("delete", "supprimer|effacer|retirer"),
    ("unsubscribe", "(?:se |me )?(?:désabonner|désinscrire)|résilier"),
    ("deactivate", "désactiver"),
    ("pay", "payer|passer (?:la |ma |une )?commande"),
    ("buy", "acheter"),
    ("cancel", "annuler"),
    ("close account", "fermer (?:mon |le |ce )?compte"),
    ("log out", "déconnexion|(?:se |me )?déconnecter"),
    # Spanish, Italian, Portuguese
    ("delete", "eliminar|borrar|suprimir|elimina|eliminare|cancella|cancellare|excluir|apagar"),
    ("remove", "quitar|rimuovi|rimuovere|remover"),
    ("unsubscribe", "dar(?:se|me)? de baja|disiscriviti|annulla iscrizione|descadastrar"),
    ("deactivate", "desactivar|disattiva|disattivare|desativar"),
    (
        "pay",
        "pagar|paga ora|pagare|(?:finalizar|realizar|tramitar|fazer) (?:la |a |el |o )?(?:compra|pedido)",
    ),
    ("buy", "comprar|compra ora|acquista|acquistare"),
    ("cancel", "cancelar|annulla|annullare"),
    (
        "close account",
        "(?:cerrar|encerrar|fechar) (?:mi |la |a |minha )?(?:cuenta|conta)|chiudi (?:il )?account",
    ),
    (
        "log out",
        "(?:cerrar|terminar|encerrar) (?:la |a )?(?:sesión|sessão)|esci|disconnetti|disconnettersi|sair",
    ),
    # Dutch
    ("delete", "verwijder|verwijderen"),
    ("unsubscribe", "uitschrijven|opzeggen"),
    ("deactivate", "deactiveren"),
    ("pay", "betalen|afrekenen"),
    ("buy", "kopen|koop nu"),
    ("cancel", "annuleren"),
    ("close account", "account sluiten"),
    ("log out", "uitloggen|afmelden|log uit"),
    # Polish
    ("delete", "usuń|usunąć|skasuj"),
    ("unsubscribe", "wypisz się"),
    ("deactivate", "dezaktywuj"),
    ("pay", "zapłać|zapłacić|płacę|przejdź do kasy"),
    ("buy", "kup|kupuję"),
    ("cancel", "anuluj"),
    ("close account", "zamknij konto"),
    ("log out", "wyloguj(?: się)?"),
    # Russian
    ("delete", "удалить|стереть|убрать"),
    ("unsubscribe", "отписаться"),
    ("deactivate", "деактивировать"),
    ("pay", "оплатить|оформить заказ"),
    ("buy", "купить"),
    ("cancel", "отмена|отменить"),
    ("close account", "закрыть (?:аккаунт|счет|счёт)"),
    ("log out", "выйти|выход"),
)
#: Japanese and Chinese write no spaces: found anywhere in a text.
STRICT_CJK: tuple[tuple[str, str], ...] = (
    ("delete", "削除|删除|刪除|移除"),
    ("unsubscribe", "配信停止|購読解除|登録解除|解約|退订|退訂|取消订阅|取消訂閱"),
    ("deactivate", "無効化|停用"),
    ("pay", "支払う|お支払いへ|レジに進む|付款|立即支付|去支付|结账|結帳|去结算"),
    ("buy", "購入する|今すぐ購入|注文を確定|注文する|购买|購買|下单|提交订单|提交訂單"),
    ("close account", "退会|アカウントを?閉鎖|注销|註銷|关闭账户|關閉帳戶"),
    ("log out", "ログアウト|サインアウト|退出登录|退出登錄|登出"),
    ("cancel", "キャンセル|取消"),
)
#: Refused on buttons and the like with at most three words; what follows in `(?! …)` is harmless.
COMMANDS: tuple[tuple[str, str], ...] = (
    ("shutdown", "shut ?down|power off|herunterfahren|éteindre|spegni|desligar|afsluiten|выключить"),
    (
        "restart",
        "restart|reboot|neu ?starten|neustart|redémarrer|reiniciar|riavvia|herstarten"
        "|uruchom ponownie|перезапустить|перезагрузить",
    ),
    (
        "reset",
        "reset(?! (?:all |the )?(?:filters?|zoom|view|search|sort|sorting|selection|layout|position|camera"
        "|rotation|charts?|map|columns?|table|query))"
        "|zurücksetzen|réinitialiser|restablecer|reimposta|ripristina|redefinir|resetten|zresetuj|сбросить",
    ),
    (
        "pause",
        "pause(?! (?:the )?(?:video|animations?|slideshow|slide|slides|carousel|playback|audio|music|autoplay"
        "|rotation))|pausieren|pausar|pauzeren|wstrzymaj|приостановить",
    ),
    ("suspend", "suspend|suspendre|suspender|sospendi"),
    ("deploy", "deploy|redeploy|déployer|desplegar|implantar|wdróż"),
    (
        "publish",
        "publish|unpublish|veröffentlichen|publier|publicar|pubblica|publiceren|opublikuj|опубликовать",
    ),
    (
        "save",
        "save(?! the date)|speichern|enregistrer|sauvegarder|guardar|salva|salvar|opslaan|zapisz|сохранить",
    ),
    ("submit", "submit|soumettre|indienen|prześlij"),
    (
        "send",
        "send|resend|senden|absenden|abschicken|envoyer|enviar|invia|verzenden|versturen|wyślij|отправить",
    ),
    ("upload", "upload|hochladen|téléverser|subir archivo|uploaden|загрузить"),
    ("import", "import|importieren|importer|importar|importa|importeren|importuj|импортировать"),
    ("install", "install|installieren|installer|instalar|installa|installeren|zainstaluj|установить"),
    ("uninstall", "uninstall|deinstallieren|désinstaller|desinstalar|disinstalla|odinstaluj"),
    ("erase", "wipe|erase|purge|destroy|factory reset"),
    ("empty", "(?:empty|clear) (?:all |the )?(?:trash|bin|data|cache|history|storage|database|logs?)"),
    ("format", "format (?:the )?(?:disk|drive|card|partition|volume)"),
    ("revoke", "revoke|widerrufen|révoquer|revocar|revoca|revogar|intrekken"),
    ("disable", "disable"),
    ("terminate", "terminate"),
    ("kill", "kill"),
    ("roll back", "roll ?back"),
    (
        "stop",
        "stop (?:all|the|this)?(?:service|server|container|process|job|build|instance|machine|recording)"
        "|stoppen|anhalten|arrêter|detener|arresta|parar|zatrzymaj|остановить",
    ),
    ("order", "(?:place|complete|confirm|submit) (?:your |my |the )?order|order (?:now|and pay)"),
    (
        "order",
        "jetzt bestellen|commander|effettua ordine|conferma ordine|bestelling plaatsen|zamawiam|заказать",
    ),
    ("book", "book (?:now|it)|confirm (?:booking|reservation|payment|purchase)|jetzt buchen"),
    ("donate", "donate|jetzt spenden|faire un don|donar|dona ora|doar|doneren"),
)
COMMANDS_CJK: tuple[tuple[str, str], ...] = (
    ("save", "保存|儲存"),
    ("send", "送信|发送|發送|提交"),
    ("publish", "投稿する|公開する|发布|發布|發佈|部署"),
    ("reset", "リセット|重置"),
    ("restart", "再起動|重启|重啟|重新启动|シャットダウン|关机|關機"),
    ("stop", "停止|暂停|暫停"),
    ("upload", "アップロード|インポート|上传|上傳|导入|匯入"),
    ("install", "インストール|安装|安裝|卸载"),
)
#: Commands only as the whole text: "Post" is a verb, "Posts" and "Blog post" are not.
WHOLE_COMMANDS = frozenset({"post", "stop", "tweet", "post comment", "post reply", "post message"})
#: What "Cancel" is called when it stands alone, as in dialogs.
CANCELS = frozenset(
    {"cancel", "abbrechen", "annuler", "cancelar", "annulla", "annuleren", "anuluj", "отмена", "отменить"}
    | {"キャンセル", "キャンセルする", "取消"}
)
#: Commits only where a form is sent: a newsletter's button, not a pricing page's link.
SUBSCRIBES = (
    r"subscribe(?: now)?|abonnieren|anmelden|s abonner|suscribirse|suscribirme|iscriviti|inscrever se|assinar"
    r"|abonneren|zapisz się|подписаться|購読する?|订阅|訂閱"
)
#: Icons by their usual names; `ICONS_ALONE` mean it only where nothing else names the control.
ICONS = r"trash|bin|delete|power|poweroff|shutdown|log ?out|sign ?out|log off|recycle bin|garbage|dustbin"
ICONS_ALONE = r"remove|eraser|save|floppy|send|paper plane|upload|cloud upload|restart|reboot"
#: In addresses: what servers do on GET, which nothing else would hold back.
ROUTES = (
    r"shut ?down|reboot|restart|destroy|add (?:to )?(?:cart|basket|wishlist)|(?:cart|basket|wishlist) add"
)
