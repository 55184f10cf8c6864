"""By which words our own texts are known to blame, argue, advertise, apologise or thank, in Dutch and English.

`apolog*`: what begins so. A word that is denied (`not your fault`) is none.
"""

from __future__ import annotations

from typing import Final

BLAME: Final = (
    "eigen schuld", "uw schuld", "jouw schuld", "je eigen schuld", "uw eigen fout", "je eigen fout", "jouw fout",
    "uw fout", "had u maar", "had je maar", "u had moeten", "je had moeten", "had je moeten", "had u moeten",
    "zoals ik al zei", "zoals al gezegd", "zoals eerder gezegd", "nogmaals gezegd", "als u beter had gelezen",
    "als je beter had gelezen", "dan moet je beter lezen", "dan moet u beter lezen", "your own fault", "your fault",
    "your own mistake", "you should have", "you ought to have", "as i already said", "as i said before",
    "as already mentioned", "if you had read", "read it again",
)  # fmt: skip

ADVERTISING: Final = (
    "profiteer nu", "profiteer snel", "bestel nu", "koop nu", "shop nu", "mis het niet", "mis deze kans",
    "mis deze actie", "exclusieve aanbieding", "speciale aanbieding", "nu in de aanbieding", "laagste prijs",
    "beste prijs", "bekijk ook onze", "bekijk ook eens onze", "ontdek ons assortiment", "ontdek onze nieuwe",
    "buy now", "order now and", "shop now", "limited offer", "special offer", "exclusive offer", "lowest price",
    "best price", "check out our", "discover our", "dont miss out", "do not miss out",
)  # fmt: skip

ARGUING: Final = (
    "wat wil je nou", "wat wilt u nou", "doe normaal", "doe eens normaal", "stel je niet aan", "stelt u zich niet aan",
    "niet zo zeuren", "zeur niet", "rustig maar", "je liegt", "u liegt", "leugens", "onzin", "flauwekul",
    "luister eens", "je begrijpt het niet", "u begrijpt het niet", "dat zeg jij", "dat zegt u", "hoe vaak moet ik",
    "you are lying", "youre lying", "thats a lie", "nonsense", "rubbish", "calm down", "get over it",
    "stop whining", "stop complaining",
    "you dont understand", "you do not understand", "get your facts", "what do you want now", "how many times",
)  # fmt: skip

COACHING: Final = ("vervelend*", "jammer", "slecht*", "helaas", "unfortunately", "too bad", "annoying", "bad")

APOLOGY: Final = (
    "sorry", "excuses", "excuus", "onze excuses", "het spijt", "spijt ons", "spijt me", "verontschuldig*", "apolog*",
    "we regret", "regret that",
)  # fmt: skip

THANKS: Final = (
    "dank*", "bedankt", "thanks", "thank you", "thx", "tnx", "merci", "wat leuk", "wat fijn", "wat lief", "wat mooi",
    "leuk om te", "fijn om te", "mooi om te", "goed om te", "great to", "glad to", "happy to", "good to hear", "lovely",
    "how kind", "so kind", "appreciate*", "waarderen",
)  # fmt: skip

JOKING: Final = (
    "haha*", "hihi*", "hehe*", "lol", "rofl", "grapje", "geintje", "knipoog", "just kidding", "only joking", "jk",
)  # fmt: skip

POINTING: Final = (
    "bel ons", "bel even", "bel met", "bel onze", "bel dan", "bel naar", "belt u", "telefonisch", "mail ons",
    "mail even", "mail naar", "stuur een mail*", "stuur een e mail*", "stuur een email*", "stuur ons een mail*",
    "stuur ons een e mail*", "neem contact op", "neem dan contact op", "neemt u contact op", "contact opnemen met",
    "ga naar onze", "ga naar de website", "kijk op", "kijk even op", "kijkt u op", "zie onze", "op onze website",
    "via onze website", "via de website", "langs in de winkel", "naar de winkel", "klantenservice",
    "call us", "call our", "phone us", "give us a call", "mail us", "email us", "e mail us", "send us an email",
    "send us an e mail", "send an email", "contact our", "contact us", "get in touch with", "visit our", "see our",
    "go to our", "on our website", "via our website", "through our website", "customer service",
    "http", "https",
)  # fmt: skip

GREETINGS: Final = (
    "hoi", "hallo", "hey", "hi", "hello", "dag", "beste", "dear", "goedemorgen", "goedemiddag", "goedenavond",
    "good morning", "good afternoon", "good evening", "groet*", "regards", "succes", "good luck", "fijne dag",
    "fijn weekend", "have a nice day",
)  # fmt: skip

ASKING: Final = (
    "stuur", "stuurt u", "geef", "geeft u", "mag ik", "mogen we", "mogen wij", "kun je", "kunt u", "kan je", "kan ik",
    "wat is", "wat zijn", "laat ons", "deel", "graag", "wil je", "wilt u", "vermeld", "plaats", "send", "share",
    "provide", "give us", "tell us", "let us know", "could you", "can you", "would you", "may we", "may i", "what is",
    "whats", "please",
)  # fmt: skip

DATA: Final = (
    "ordernummer", "bestelnummer", "klantnummer", "contractnummer", "polisnummer", "factuurnummer", "telefoonnummer",
    "mobiele nummer", "06 nummer", "e mailadres", "emailadres", "mailadres", "postcode", "huisnummer", "adresgegevens",
    "je adres", "uw adres", "jouw adres", "geboortedatum", "iban", "rekeningnummer", "bsn", "naw gegevens", "gegevens",
    "order number", "customer number", "contract number", "policy number", "invoice number", "phone number",
    "mobile number", "email address", "e mail address", "your email", "your address", "postal code", "zip code",
    "date of birth", "account number", "your details",
)  # fmt: skip

PRIVATELY: Final = (
    "prive", "privebericht*", "pb", "dm", "dms", "dmetje", "dm etje", "pm", "persoonlijk bericht", "direct message",
    "direct messages", "private message", "private", "privately", "inbox", "messenger", "whatsapp", "formulier",
    "contactformulier", "chat", "mail ons", "bel ons", "niet openbaar", "mail us", "call us", "form", "in person",
    "not in public", "http", "https",
)  # fmt: skip

CONFIRMS: Final = (
    "u bent klant", "je bent klant", "jij bent klant", "als klant van ons", "als onze klant", "klant bij ons",
    "patient bij ons", "uw polis", "jouw polis", "uw dossier", "jouw dossier", "je dossier", "uw lening", "je lening",
    "uw contract bij", "je contract bij", "you are a customer of", "as our customer", "as a customer of ours",
    "your policy with", "your loan", "your file with", "your contract with", "your account with us", "our patient",
)  # fmt: skip
