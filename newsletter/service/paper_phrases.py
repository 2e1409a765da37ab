"""The words of papers (a person's copy, a proof) in English, German and French, side by side."""

from newsletter.service import paper_phrases_evening

_LANGUAGES = ("en", "de", "fr")

_PHRASES: dict[str, tuple[str, str, str]] = {
    "you_title": ("What we have about you", "Was wir über Sie wissen", "Ce que nous savons de vous"),
    "you_intro": (
        "This is everything that {site} keeps about you, as of {now}. The file you.json beside it holds the same for machines.",
        "Dies ist alles, was {site} über Sie gespeichert hat, Stand {now}. Die Datei you.json daneben enthält dasselbe für Maschinen.",
        "Voici tout ce que {site} conserve à votre sujet, au {now}. Le fichier you.json contient la même chose pour les machines.",
    ),
    "proof_title": ("Proof of consent", "Nachweis der Einwilligung", "Preuve du consentement"),
    "proof_intro": (
        "What {site} has on file about the consent of the holder of this address, written on {now}.",
        "Was {site} zur Einwilligung der Person mit dieser Adresse festgehalten hat, erstellt am {now}.",
        "Ce que {site} a consigné sur le consentement de la personne à cette adresse, établi le {now}.",
    ),
    "address": ("Address", "Adresse", "Adresse"),
    "name": ("Name", "Name", "Nom"),
    "first_name": ("First name", "Vorname", "Prénom"),
    "health": ("State of the address", "Zustand der Adresse", "État de l’adresse"),
    "number": ("Number", "Nummer", "Numéro"),
    "lists": ("Lists", "Listen", "Listes"),
    "list": ("List", "Liste", "Liste"),
    "state": ("State", "Stand", "État"),
    "since": ("Since", "Seit", "Depuis"),
    "until": ("Until", "Bis", "Jusqu’au"),
    "basis": ("Basis", "Grundlage", "Fondement"),
    "source": ("Source", "Herkunft", "Origine"),
    "history": (
        "What happened, step by step",
        "Was geschah, Schritt für Schritt",
        "Ce qui s’est passé, étape par étape",
    ),
    "at": ("Time", "Zeit", "Date et heure"),
    "recorded": ("written down", "aufgeschrieben", "consigné"),
    "step": ("Step", "Schritt", "Étape"),
    "by": ("By", "Durch", "Par"),
    "way": ("Way", "Weg", "Voie"),
    "receipt": ("Receipt", "Beleg", "Reçu"),
    "kept": ("Kept with it", "Dazu festgehalten", "Conservé avec"),
    "erased": ("erased", "gelöscht", "effacé"),
    "wordings": (
        "The words that were agreed to",
        "Der Wortlaut, dem zugestimmt wurde",
        "Les termes acceptés",
    ),
    "evidence": ("Evidence on file", "Vorliegende Belege", "Pièces conservées"),
    "blackened": (
        "other people in it were blackened since",
        "andere Personen darin wurden seither geschwärzt",
        "d’autres personnes y ont été noircies depuis",
    ),
    "attended": ("Meetings you came to", "Treffen, bei denen Sie waren", "Rencontres où vous étiez"),
    "rsvps": ("Answers to meetings", "Antworten zu Treffen", "Réponses aux rencontres"),
    "questions": ("Answers to questions", "Antworten auf Fragen", "Réponses aux questions"),
    "rsvp_yes": ("yes", "ja", "oui"),
    "rsvp_maybe": ("maybe", "vielleicht", "peut-être"),
    "rsvp_no": ("no", "nein", "non"),
    "place_in": ("with a place", "mit Platz", "avec une place"),
    "place_waiting": ("on the waiting list", "auf der Warteliste", "sur la liste d’attente"),
    "place_offered": ("a place was offered", "ein Platz wurde angeboten", "une place a été proposée"),
    "place_lapsed": ("an offer passed", "ein Angebot verstrich", "une offre est passée"),
    "rsvp_guests": ("guests: {count}", "Gäste: {count}", "invités : {count}"),
    "mails": ("Mails to this address", "Mails an diese Adresse", "Messages à cette adresse"),
    "subject": ("Subject", "Betreff", "Objet"),
    "answer": (
        "Answer of the receiving server",
        "Antwort des empfangenden Servers",
        "Réponse du serveur destinataire",
    ),
    "confirm_mail": (
        "The confirm mail, byte for byte as it was sent",
        "Die Bestätigungsmail, Byte für Byte wie versandt",
        "Le message de confirmation, octet par octet tel qu’envoyé",
    ),
    "chain": ("The chain", "Die Kette", "La chaîne"),
    "chain_good": (
        "The whole ledger was recomputed: {events} events, and every one fits. Its head is {head}.",
        "Das ganze Buch wurde nachgerechnet: {events} Einträge, und jeder passt. Sein letzter Wert ist {head}.",
        "Tout le registre a été recalculé : {events} écritures, toutes concordantes. Sa dernière valeur est {head}.",
    ),
    "chain_bad": (
        "The ledger was recomputed, and event {first} does not fit: {why}.",
        "Das Buch wurde nachgerechnet, und Eintrag {first} passt nicht: {why}.",
        "Le registre a été recalculé, et l’écriture {first} ne concorde pas : {why}.",
    ),
    "chain_how": (
        "Each event in proof.json names the hash before it, its own text and its own hash: SHA-256 over the former two gives "
        "the third. SHA-256 over salt and personal part gives the number in that text. Run: python3 verify.py",
        "Jeder Eintrag in proof.json nennt den Hash davor, seinen Text und seinen Hash: SHA-256 über die ersten beiden ergibt "
        "den dritten. SHA-256 über Salz und persönlichen Teil ergibt die Zahl in jenem Text. Aufruf: python3 verify.py",
        "Chaque écriture de proof.json donne l’empreinte précédente, son texte et sa propre empreinte : SHA-256 des deux "
        "premiers donne la troisième. SHA-256 du sel et de la partie personnelle donne le nombre dans ce texte. Lancez : python3 verify.py",
    ),
    "chain_limit": (
        "Whoever holds the database could recompute all of it. The receipts that people got by mail are the outside witness.",
        "Wer die Datenbank hat, könnte alles neu berechnen. Die Belege, die Menschen per Mail bekamen, sind der Zeuge von außen.",
        "Qui détient la base pourrait tout recalculer. Les reçus envoyés par courriel sont le témoin extérieur.",
    ),
    "rights": (
        "You can change or delete all of it on your page, and complain to us or to the data protection authority: {contact}",
        "Alles davon können Sie auf Ihrer Seite ändern oder löschen, und sich bei uns oder der Datenschutzbehörde beschweren: {contact}",
        "Vous pouvez tout modifier ou effacer sur votre page, et vous plaindre auprès de nous ou de l’autorité de protection des données : {contact}",
    ),
    "after_mail": ("After the confirm mail", "Nach der Bestätigungsmail", "Après le message de confirmation"),
    # what is kept with an event
    "kept_typed": ("Address as typed", "Adresse wie eingegeben", "Adresse telle que saisie"),
    "kept_address": ("Address", "Adresse", "Adresse"),
    "kept_name": ("Name", "Name", "Nom"),
    "kept_by": ("Written down by", "Aufgeschrieben von", "Consigné par"),
    "kept_form": ("Form", "Formular", "Formulaire"),
    "kept_ticked": ("Boxes ticked", "Angekreuzt", "Cases cochées"),
    "kept_language": ("Language of the page", "Sprache der Seite", "Langue de la page"),
    "kept_fields": ("Fields", "Felder", "Champs"),
    "kept_request": ("Request number", "Nummer der Anfrage", "Numéro de la demande"),
    "kept_asked_at": ("Asked at", "Angefragt", "Demandé le"),
    "kept_message": ("By the link of message", "Über den Link der Nachricht", "Par le lien du message"),
    "kept_answer": (
        "Answer of the receiving server",
        "Antwort des empfangenden Servers",
        "Réponse du serveur destinataire",
    ),
    "kept_file": ("File", "Datei", "Fichier"),
    "kept_line": ("Line", "Zeile", "Ligne"),
    "kept_statement": ("Statement", "Erklärung", "Déclaration"),
    "kept_source": ("Source", "Herkunft", "Origine"),
    "kept_reason": ("Reason", "Grund", "Motif"),
    "kept_from": ("From", "Von", "De"),
    "kept_to": ("To", "An", "À"),
    # who acts, and which way
    "actor_person": ("the person", "die Person selbst", "la personne elle-même"),
    "actor_organiser": ("an organiser", "jemand aus dem Vorstand", "un organisateur"),
    "actor_import": ("an import", "ein Import", "une importation"),
    "actor_clock": ("the program", "das Programm", "le programme"),
    "actor_report": ("a report that came back", "eine Rückmeldung", "un rapport reçu"),
    "channel_page": ("page", "Seite", "page"),
    "channel_one-click": (
        "one-click link of the mail program",
        "Abmeldeknopf des Mailprogramms",
        "bouton du logiciel de messagerie",
    ),
    "channel_mail": ("mail", "Mail", "courriel"),
    "channel_booth": ("booth", "Stand", "stand"),
    "channel_door": ("door", "Tür", "porte"),
    "channel_sheet": ("paper sheet", "Papierbogen", "feuille papier"),
    "channel_command": ("command", "Befehl", "commande"),
    "channel_import": ("import", "Import", "importation"),
    "channel_clock": ("clock", "Uhr", "horloge"),
    # states
    "state_requested": (
        "asked, not confirmed yet",
        "angefragt, noch nicht bestätigt",
        "demandé, pas encore confirmé",
    ),
    "state_attested": (
        "on the list, by a word given in person",
        "auf der Liste, persönlich zugesagt",
        "sur la liste, accord donné en personne",
    ),
    "state_confirmed": ("on the list, confirmed", "auf der Liste, bestätigt", "sur la liste, confirmé"),
    "state_implied": (
        "on the list, as a member",
        "auf der Liste, als Mitglied",
        "sur la liste, comme membre",
    ),
    "state_held": ("known, never mailed", "bekannt, nie angeschrieben", "connu, jamais contacté"),
    "state_paused": ("paused", "pausiert", "en pause"),
    "state_lapsed": ("lapsed", "abgelaufen", "échu"),
    "state_unsubscribed": ("left", "abgemeldet", "désinscrit"),
    "state_objected": (
        "objected to all marketing",
        "aller Werbung widersprochen",
        "opposé à tout démarchage",
    ),
    "state_erased": ("forgotten", "gelöscht", "oublié"),
    # steps
    "step_requested": ("asked to join", "wollte sich eintragen", "a demandé à s’inscrire"),
    "step_expired": (
        "the request ended unconfirmed",
        "die Anfrage blieb unbestätigt",
        "la demande n’a pas été confirmée",
    ),
    "step_confirmed": ("confirmed", "bestätigt", "confirmé"),
    "step_attested": (
        "consent given in person",
        "Einwilligung persönlich gegeben",
        "consentement donné en personne",
    ),
    "step_asserted": (
        "membership or similar basis",
        "Mitgliedschaft oder ähnliche Grundlage",
        "adhésion ou fondement semblable",
    ),
    "step_held": (
        "imported without proof, no mail",
        "ohne Nachweis eingespielt, keine Mail",
        "importé sans preuve, aucun message",
    ),
    "step_paused": ("paused", "pausiert", "mis en pause"),
    "step_resumed": ("pause ended", "Pause beendet", "pause terminée"),
    "step_lapsed": ("lapsed", "abgelaufen", "échu"),
    "step_withdrawn": ("left", "abgemeldet", "désinscrit"),
    "step_objected": ("objected to all marketing", "aller Werbung widersprochen", "opposé à tout démarchage"),
    "step_returned": ("took the leaving back", "Abmeldung zurückgenommen", "a annulé la désinscription"),
    "step_erased": ("forgotten", "gelöscht", "oublié"),
    "step_mailed": (
        "the confirm mail was accepted",
        "die Bestätigungsmail wurde angenommen",
        "le message de confirmation a été accepté",
    ),
    "step_moved": ("address changed", "Adresse geändert", "adresse modifiée"),
    "step_changed": ("name or fields changed", "Name oder Felder geändert", "nom ou champs modifiés"),
}


def of(language: str) -> dict[str, str]:
    """All phrases in a language."""
    column = _LANGUAGES.index(language)
    return {key: texts[column] for key, texts in (*_PHRASES.items(), *paper_phrases_evening.PHRASES.items())}
