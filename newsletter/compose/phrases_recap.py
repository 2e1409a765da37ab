"""Phrases of a recap's draft and of what follows a recap, in English, German and French.

What stands in [[double brackets]] is for the chair to fill in; a send stops while one is left (lint: placeholder).
"""

PHRASES: dict[str, tuple[str, str, str]] = {
    "draft_subject": ("Recap: {title}", "Rückblick: {title}", "Compte rendu : {title}"),
    "draft_met": (
        "On {day} we met: {title}.",
        "Am {day} trafen wir uns: {title}.",
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
        "Zugesagt hatten {yes}, mit Gästen {people}.",
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
    "draft_asked": ("What you were asked", "Was Sie gefragt wurden", "Ce qui vous a été demandé"),
    "draft_open": ("What is still open", "Was noch offen ist", "Ce qui reste ouvert"),
    "draft_open_fill": (
        "[[Which question is open? Or take this part out]]",
        "[[Welche Frage ist offen? Sonst diesen Teil streichen]]",
        "[[Quelle question reste ouverte ? Sinon, enlevez cette partie]]",
    ),
    "draft_stand": ("Where we stand", "Wo wir stehen", "Où nous en sommes"),
    "draft_links": ("Links", "Links", "Liens"),
    "draft_links_fill": (
        "* [[A link that is there, or one that follows: [slides](later:{day}). Or take this part out]]",
        "* [[Ein Link, oder einer, der noch folgt: [Folien](later:{day}). Sonst diesen Teil streichen]]",
        "* [[Un lien, ou un lien qui suivra : [diapositives](later:{day}). Sinon, enlevez cette partie]]",
    ),
}
