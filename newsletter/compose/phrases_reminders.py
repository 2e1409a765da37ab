"""Phrases of what follows an invitation by itself, and of the invitation's draft. English, German, French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "greeting": (
        'Dear {{{{ first_name | "friend" }}}},',
        'Guten Tag {{{{ name | "zusammen" }}}},',
        'Bonjour {{{{ first_name | "à tous" }}}},',
    ),
    "because_answered": (
        "You get this because you answered our invitation to this meeting.",
        "Sie bekommen diese Mail, weil Sie auf unsere Einladung zu diesem Treffen geantwortet haben.",
        "Vous recevez ce message parce que vous avez répondu à notre invitation à cette rencontre.",
    ),
    # the invitation's draft
    "announce_opening": (
        "you are invited to our next meeting: {told}.",
        "zu unserem nächsten Treffen sind Sie eingeladen: {told}.",
        "vous êtes invité à notre prochaine rencontre : {told}.",
    ),
    "announce_why": ("Why come", "Warum kommen", "Pourquoi venir"),
    "announce_fill": (
        "what the evening brings, in two or three sentences",
        "was der Abend bringt, in zwei oder drei Sätzen",
        "ce que la soirée apporte, en deux ou trois phrases",
    ),
    "announce_close": (
        "Do you come? Please say so by a button above, also if you cannot.",
        "Kommen Sie? Bitte sagen Sie es mit einem Knopf oben, auch wenn Sie nicht können.",
        "Viendrez-vous ? Dites-le par un bouton ci-dessus, même si vous ne pouvez pas.",
    ),
    # second notice: the invitation once more, to those who have not answered
    "second_notice_subject": ("Second notice: {subject}", "Zweite Einladung: {subject}", "Rappel : {subject}"),
    "second_notice_line": (
        "This is a second notice, to all of whom we have no answer yet. One click is enough, also for a no, and you hear no more of it.",
        "Dies ist die zweite Einladung an alle, deren Antwort wir noch nicht haben. Ein Klick genügt, auch für ein Nein, und Sie hören nichts mehr davon.",
        "Ceci est un second avis, à tous ceux dont nous n’avons pas encore la réponse. Un clic suffit, même pour un non, et nous n’en parlerons plus.",
    ),
    "reminder_moved": (
        "Please note the change: not {before}, but {now}.",
        "Bitte beachten Sie die Änderung: nicht {before}, sondern {now}.",
        "Attention, changement : non plus {before}, mais {now}.",
    ),
    # free your place: to those who said yes
    "free_place_subject": ("Still coming? {subject}", "Bleibt es dabei? {subject}", "Toujours partant ? {subject}"),
    "free_place_preheader": (
        "You said you would come. If you cannot after all, one click frees your place.",
        "Sie wollten kommen. Wenn es doch nicht geht, gibt ein Klick Ihren Platz frei.",
        "Vous avez dit que vous viendrez. En cas d’empêchement, un clic libère votre place.",
    ),
    "free_place_said": (
        "you said you would come, and I look forward to it. If you cannot after all, please free your place: somebody else will be glad of it.",
        "Sie haben gesagt, dass Sie kommen, und ich freue mich darauf. Falls es doch nicht geht, geben Sie bitte Ihren Platz frei: jemand anders freut sich darüber.",
        "vous avez dit que vous viendrez, et je m’en réjouis. Si vous ne pouvez finalement pas venir, libérez votre place : quelqu’un d’autre en sera heureux.",
    ),
    "free_place_waiting": (
        "Waiting for a place: {count}.",
        "Auf einen Platz warten: {count}.",
        "En attente d’une place : {count}.",
    ),
    "free_place_button": ("I cannot come, free my place", "Ich kann nicht, Platz freigeben", "Je ne peux pas, libérer ma place"),
    "free_place_nothing": (
        "If you come there is nothing to do.",
        "Wenn Sie kommen, müssen Sie nichts tun.",
        "Si vous venez, il n’y a rien à faire.",
    ),
    # undecided: to those who said maybe
    "undecided_subject": ("Will you come? {subject}", "Kommen Sie? {subject}", "Viendrez-vous ? {subject}"),
    "undecided_preheader": (
        "You said maybe. Now it would help to know: one click makes it a yes or a no.",
        "Sie haben „vielleicht“ gesagt. Jetzt hilft ein Klick: ein Ja oder ein Nein.",
        "Vous avez dit peut-être. Un clic suffit maintenant : un oui ou un non.",
    ),
    "undecided_said": (
        "you said you might come. It would help me to know by now, so that I can count the chairs: is it a yes or a no?",
        "Sie haben gesagt, dass Sie vielleicht kommen. Es hilft mir, wenn ich jetzt Bescheid weiß und die Stühle zählen kann: ist es ein Ja oder ein Nein?",
        "vous avez dit que vous viendriez peut-être. Il m’aiderait de le savoir maintenant, pour compter les chaises : est-ce un oui ou un non ?",
    ),
    # day before: to those who come
    "day_before_subject": ("Reminder: {subject}", "Erinnerung: {subject}", "C’est bientôt : {subject}"),
    "day_before_preheader": (
        "Where and when, and what to do if something has come up.",
        "Wo und wann, und was zu tun ist, wenn etwas dazwischenkommt.",
        "Où et quand, et que faire en cas d’empêchement.",
    ),
    "day_before_said": (
        "we look forward to seeing you. When and where, once more:",
        "wir freuen uns auf Sie. Noch einmal, wann und wo:",
        "nous nous réjouissons de vous voir. Encore une fois, quand et où :",
    ),
    "day_before_button": ("Something has come up", "Mir ist etwas dazwischengekommen", "J’ai un empêchement"),
    "reminder_see_you": ("See you there.", "Bis dann.", "À bientôt."),
}  # fmt: skip
