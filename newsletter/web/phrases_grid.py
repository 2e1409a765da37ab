"""Phrases of the grid into which a paper sheet's lines are typed, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "grid_title": ("Paper sheets: {list}", "Papierbogen: {list}", "Feuilles papier : {list}"),
    "grid_text": (
        "Type what is on a signed sheet; up to 25 lines at a time. Each person gets mail from then on, and the first one says where the address comes from.",
        "Tippen Sie ab, was auf einem unterschriebenen Bogen steht; bis zu 25 Zeilen auf einmal. Jede Person bekommt von da an Mails, und die erste sagt, woher die Adresse kommt.",
        "Tapez ce qui est sur une feuille signée ; 25 lignes à la fois au plus. Chaque personne reçoit ensuite nos messages, et le premier dit d’où vient l’adresse.",
    ),
    "grid_print": ("Print an empty sheet", "Leeren Bogen drucken", "Imprimer une feuille vide"),
    "grid_head": ("The sheet", "Der Bogen", "La feuille"),
    "grid_code": ("Code of its words", "Code seines Textes", "Code de son texte"),
    "grid_day": ("Day on the sheet", "Tag auf dem Bogen", "Jour sur la feuille"),
    "grid_collector": ("Collected by", "Gesammelt von", "Recueillie par"),
    "grid_where": ("Where", "Wo", "Où"),
    "grid_scan": ("Scan or photo, as proof", "Scan oder Foto, als Beleg", "Scan ou photo, comme preuve"),
    "grid_scan_hint": ("at most {count} MB", "höchstens {count} MB", "{count} Mo au plus"),
    "grid_scan_kept": (
        "The scan is on file; it need not be chosen again for the lines below.",
        "Der Scan liegt vor; für die Zeilen unten muss er nicht noch einmal gewählt werden.",
        "Le scan est conservé ; inutile de le choisir à nouveau pour les lignes ci-dessous.",
    ),
    "grid_lines": ("Its lines", "Seine Zeilen", "Ses lignes"),
    "grid_number": ("No.", "Nr.", "N°"),
    "grid_save": ("Save these lines", "Diese Zeilen speichern", "Enregistrer ces lignes"),
    "grid_added": ("{count} added to the list.", "{count} auf die Liste gesetzt.", "{count} ajoutés à la liste."),
    "grid_known": (
        "{count} were on the list before; nothing was changed.",
        "{count} standen schon auf der Liste; nichts wurde geändert.",
        "{count} étaient déjà sur la liste ; rien n’a changé.",
    ),
    "grid_held": (
        "{count} are held: their signature is older than six months, so they get no mail.",
        "{count} sind zurückgestellt: Ihre Unterschrift ist älter als sechs Monate, darum bekommen sie keine Mails.",
        "{count} sont en attente : leur signature a plus de six mois, ils ne reçoivent donc rien.",
    ),
    "grid_wrong": (
        "{count} could not be taken; they stand below with the reason.",
        "{count} gingen nicht; sie stehen unten mit dem Grund.",
        "{count} n’ont pas pu être pris ; ils figurent ci-dessous avec la raison.",
    ),
    "grid_slip": (
        "Please look again: {address}. Was {meant} meant?",
        "Bitte noch einmal hinsehen: {address}. War {meant} gemeint?",
        "Vérifiez : {address}. Était-ce {meant} ?",
    ),
    "grid_wrong_lines": (
        "No line was filled in.",
        "Es wurde keine Zeile ausgefüllt.",
        "Aucune ligne n’a été remplie.",
    ),
    "grid_wrong_code": (
        "This code is none of this list’s words. It stands at the foot of the sheet, like 3f2a-9c1b-07de.",
        "Dieser Code gehört zu keinem Text dieser Liste. Er steht unten auf dem Bogen, etwa 3f2a-9c1b-07de.",
        "Ce code n’est celui d’aucun texte de cette liste. Il est au bas de la feuille, comme 3f2a-9c1b-07de.",
    ),
    "grid_wrong_day": (
        "The day is missing, or still to come.",
        "Der Tag fehlt oder liegt in der Zukunft.",
        "Le jour manque, ou est à venir.",
    ),
    "grid_wrong_collector": (
        "Say who collected the sheet: the ledger keeps it.",
        "Sagen Sie, wer den Bogen gesammelt hat: Das Register hält es fest.",
        "Dites qui a recueilli la feuille : le registre le garde.",
    ),
    "grid_why_address": (
        "No e-mail address.",
        "Keine E-Mail-Adresse.",
        "Pas une adresse électronique.",
    ),
    "grid_why_role": (
        "It belongs to a job, not to a person.",
        "Sie gehört zu einer Aufgabe, nicht zu einer Person.",
        "C’est celle d’une fonction, pas d’une personne.",
    ),
    "grid_why_out": (
        "Its holder left this list, or wants no mail. Only they can come back, by signing up themselves.",
        "Die Person hat die Liste verlassen oder will keine Mails. Nur sie selbst kann sich wieder eintragen.",
        "La personne a quitté cette liste ou ne veut pas de messages. Elle seule peut se réinscrire.",
    ),
    "grid_why_name": (
        "The name is too long, or holds signs that no name has.",
        "Der Name ist zu lang oder enthält Zeichen, die kein Name hat.",
        "Le nom est trop long ou contient des signes qu’aucun nom n’a.",
    ),
    # the ways from the desk
    "desk_poster": ("Poster to print", "Plakat zum Drucken", "Affiche à imprimer"),
    "desk_sheet": ("Paper sheets", "Papierbogen", "Feuilles papier"),
    "desk_names": ("Names to print", "Namen zum Drucken", "Noms à imprimer"),
}  # fmt: skip
