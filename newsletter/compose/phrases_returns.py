"""The phrases of mails about what came back, in English, German and French: the question to somebody who wants to leave,
what is passed on, and what a chair is warned of."""

PHRASES: dict[str, tuple[str, str, str]] = {
    # leaving: asked by mail, without a token of ours
    "leaving_subject": (
        "Do you want to leave {lists}?",
        "Möchten Sie {lists} verlassen?",
        "Voulez-vous quitter {lists} ?",
    ),
    "leaving_preheader": (
        "One press on the button, and you get nothing more.",
        "Ein Druck auf den Knopf, und Sie bekommen nichts mehr.",
        "Un clic sur le bouton et vous ne recevrez plus rien.",
    ),
    "leaving_asked": (
        "A mail in your name asked us to take {email} off {lists}. Anybody can write a mail in somebody’s name, so we ask you.",
        "Eine Mail in Ihrem Namen bat uns, {email} aus {lists} auszutragen. In fremdem Namen kann jeder schreiben, darum fragen wir nach.",
        "Un message à votre nom nous a demandé de retirer {email} de {lists}. N’importe qui peut écrire au nom d’un autre, nous vous posons donc la question.",
    ),
    "leaving_ignore": (
        "If it was not you, there is nothing to do: nothing has changed.",
        "Wenn Sie es nicht waren, müssen Sie nichts tun: Es hat sich nichts geändert.",
        "Si ce n’était pas vous, il n’y a rien à faire : rien n’a changé.",
    ),
    # what is passed on to a list's reply-to
    "passed_from": ("{name} via {list}", "{name} über {list}", "{name} via {list}"),
    "passed_intro": (
        "{name} wrote this in answer to a mail of {list}. Your reply goes to {sender}.",
        "{name} hat dies auf eine Mail von {list} geantwortet. Ihre Antwort geht an {sender}.",
        "{name} a écrit ceci en réponse à un message de {list}. Votre réponse ira à {sender}.",
    ),
    "passed_cut": (
        "It is very long: only its first megabyte is attached here.",
        "Sie ist sehr lang: Hier hängt nur ihr erstes Megabyte an.",
        "Il est très long : seul son premier mégaoctet est joint ici.",
    ),
    # what a chair is warned of
    "alert_subject": (
        "Please look: something came back ({lists})",
        "Bitte ansehen: Es kam etwas zurück ({lists})",
        "À voir : quelque chose est revenu ({lists})",
    ),
    "alert_intro": (
        "This needs a person’s eye:",
        "Das sollte sich jemand ansehen:",
        "Ceci demande un regard humain :",
    ),
    "alert_complaint": (
        "Complaints that name no mail of ours: {count}. Nobody was taken off a list. Look at them in the mailbox of returned mail.",
        "Beschwerden, die keine Mail von uns nennen: {count}. Niemand wurde ausgetragen. Sehen Sie sie im Postfach für Rückläufer an.",
        "Plaintes qui ne citent aucun de nos messages : {count}. Personne n’a été retiré d’une liste. Voyez-les dans la boîte des retours.",
    ),
    "alert_policy": (
        "Mails that other servers refuse because they do not trust our mail: {count}. The send was paused and nobody was marked. See: newsletter check --dns, then newsletter outbox resume",
        "Mails, die fremde Server ablehnen, weil sie unserer Post nicht trauen: {count}. Der Versand wurde angehalten und niemand vermerkt. Siehe: newsletter check --dns, dann newsletter outbox resume",
        "Messages refusés par d’autres serveurs qui se méfient de notre courrier : {count}. L’envoi est suspendu et personne n’a été marqué. Voir : newsletter check --dns, puis newsletter outbox resume",
    ),
    "alert_forward": (
        "Mails of members that could not be passed on to you: {count}. They were kept in the site’s folder kept/.",
        "Mails von Mitgliedern, die nicht an Sie weitergegeben werden konnten: {count}. Sie liegen im Ordner kept/ der Site.",
        "Messages de membres qui n’ont pas pu vous être transmis : {count}. Ils sont gardés dans le dossier kept/ du site.",
    ),
}
