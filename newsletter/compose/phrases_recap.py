"""Phrases of a recap's draft and of what follows a recap, in English, German and French.

What stands in [[double brackets]] is for the chair to fill in; a send stops while one is left (lint: placeholder).
"""

PHRASES: dict[str, tuple[str, str, str]] = {
    "draft_subject": ("Recap: {title}", "Rückblick: {title}", "Compte rendu : {title}"),
    "draft_met": (
        "On {day} we met: {title}.",
        "Unser Treffen am {day}: {title}.",
        "Le {day}, nous nous sommes retrouvés : {title}.",
    ),
    "draft_place": ("Place: {place}.", "Ort: {place}.", "Lieu : {place}."),
    "draft_came": ("{count} of us came.", "Anwesend: {count}.", "Présents : {count}."),
    "draft_came_open": (
        "[[How many came?]] of us came.",
        "Anwesend: [[Wie viele kamen?]].",
        "Présents : [[Combien sont venus ?]].",
    ),
    "draft_said_yes": (
        "{yes} had said yes; with guests that is {people}.",
        "Zusagen: {yes}, mit Gästen {people}.",
        "Avaient répondu oui : {yes}, invités compris {people}.",
    ),
    "draft_spoke": ("The speaker: {speaker}.", "Es sprach: {speaker}.", "Intervention de {speaker}."),
    "draft_cancelled": (
        "The meeting of {day} did not take place: {title}.",
        "Das Treffen am {day} fand nicht statt: {title}.",
        "La rencontre du {day} n’a pas eu lieu : {title}.",
    ),
    "draft_talked": ("What we talked about", "Worüber wir sprachen", "De quoi nous avons parlé"),
    "draft_talked_fill": (
        "[[What was it about, in three sentences?]]",
        "[[Worum ging es, in drei Sätzen?]]",
        "[[De quoi s’agissait-il, en trois phrases ?]]",
    ),
    "draft_decided": ("What we decided", "Was wir beschlossen haben", "Ce que nous avons décidé"),
    "draft_decided_fill": (
        "* [[What was decided? Or take this part out]]",
        "* [[Was wurde beschlossen? Sonst diesen Teil streichen]]",
        "* [[Qu’avons-nous décidé ? Sinon, enlevez cette partie]]",
    ),
    "draft_open": ("What is still open", "Was noch offen ist", "Ce qui reste ouvert"),
    "draft_open_fill": (
        "[[Which question is open? Or take this part out]]",
        "[[Welche Frage ist offen? Sonst diesen Teil streichen]]",
        "[[Quelle question reste ouverte ? Sinon, enlevez cette partie]]",
    ),
    "draft_answers": ("What you answered", "Was Sie geantwortet haben", "Ce que vous avez répondu"),
    "draft_stand": ("Where we stand", "Wo wir stehen", "Où nous en sommes"),
    "draft_links": ("Links", "Links", "Liens"),
    "draft_links_fill": (
        "* [[A link that is there, or one that follows: [slides](later:{day}). Or take this part out]]",
        "* [[Ein Link, oder einer, der noch folgt: [Folien](later:{day}). Sonst diesen Teil streichen]]",
        "* [[Un lien, ou un lien qui suivra : [diapositives](later:{day}). Sinon, enlevez cette partie]]",
    ),
    # the follow-up: promised links that are there now
    "follow_subject": (
        "The link we promised: {words}",
        "Der versprochene Link: {words}",
        "Le lien promis : {words}",
    ),
    "follow_subject_many": (
        "The links we promised: {words}",
        "Die versprochenen Links: {words}",
        "Les liens promis : {words}",
    ),
    "follow_preheader": (
        "What was still to come in “{subject}” is there now.",
        "Was in „{subject}“ noch fehlte, ist jetzt da.",
        "Ce qui manquait encore dans « {subject} » est là.",
    ),
    "follow_came": (
        "you were with us on {day}. What we promised that evening is there now:",
        "Sie waren am {day} dabei. Was wir Ihnen an dem Abend versprochen haben, ist jetzt da:",
        "vous étiez avec nous le {day}. Ce que nous avions promis ce soir-là est là :",
    ),
    "follow_missed": (
        "you could not be with us on {day}. So that you miss nothing, here is what we promised in our recap:",
        "Sie konnten am {day} nicht dabei sein. Damit Ihnen nichts entgeht, hier das, was wir im Rückblick versprochen haben:",
        "vous n’avez pas pu être avec nous le {day}. Pour que rien ne vous échappe, voici ce que notre compte rendu promettait :",
    ),
    "follow_all": (
        "in our mail of {day} we promised you something. It is there now:",
        "in unserer Mail am {day} haben wir Ihnen etwas versprochen. Jetzt ist es da:",
        "dans notre message du {day}, nous vous avions promis quelque chose. Le voici :",
    ),
    # what the organisers are told of promises
    "nag_subject": (
        "Links are still owed: {lists}",
        "Noch versprochene Links: {lists}",
        "Liens encore promis : {lists}",
    ),
    "nag_preheader": (
        "Readers were told that these links follow.",
        "Den Lesern wurde gesagt, dass diese Links folgen.",
        "Les lecteurs attendent encore ces liens.",
    ),
    "nag_intro": (
        "Your readers were promised links that are not there yet:",
        "Ihren Lesern wurden Links versprochen, die noch nicht da sind:",
        "Vos lecteurs attendent des liens promis qui ne sont pas encore là :",
    ),
    "nag_due": (
        "“{words}” in “{subject}”: promised for {day}",
        "„{words}“ in „{subject}“: versprochen bis {day}",
        "« {words} » dans « {subject} » : promis pour le {day}",
    ),
    "nag_open": (
        "“{words}” in “{subject}”, sent on {day}: promised without a date",
        "„{words}“ in „{subject}“, verschickt am {day}: ohne Termin versprochen",
        "« {words} » dans « {subject} », envoyé le {day} : promis sans date",
    ),
    "nag_how": (
        "Write the link in place of later: in the edition’s file, then: newsletter edition amend {file}",
        "Schreiben Sie den Link in der Datei der Ausgabe an die Stelle von later:, dann: newsletter edition amend {file}",
        "Écrivez le lien à la place de later: dans le fichier de l’édition, puis : newsletter edition amend {file}",
    ),
}
