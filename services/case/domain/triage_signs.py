"""By which words each class of what people say is known, in Dutch and English. `broke*`: what begins so."""

from __future__ import annotations

from typing import Final

COMPLAINT: Final = (
    "klacht*", "klagen", "beklag", "teleurgesteld", "teleurstellend", "schande", "schandalig", "belachelijk",
    "slechte service", "slechte klantenservice", "kapot*", "werkt niet", "doet het niet", "niet geleverd",
    "nooit geleverd", "nog steeds niet", "nog altijd niet", "niet ontvangen", "nooit ontvangen", "veel te laat",
    "weer te laat", "waardeloos", "waardeloze", "oplichting", "oplichters", "geld terug", "nooit meer", "beschadigd*",
    "verkeerde product", "verkeerd product", "verkeerde bestelling", "geen reactie", "geen antwoord", "onacceptabel",
    "wacht al", "wachten al", "onbeschoft", "niet opgelost", "dubbel afgeschreven", "complaint*", "complain",
    "complaining", "disappoint*", "terrible", "awful", "horrible", "worst", "broken", "does not work", "doesnt work",
    "not working", "stopped working", "never arrived", "not arrived", "hasnt arrived", "has not arrived",
    "still waiting", "still havent", "still no", "unacceptable", "rip off", "ripoff", "damaged", "wrong item",
    "wrong order", "no response", "poor service", "bad service", "rude", "want my money back",
    "money back", "want a refund", "charged twice", "useless", "never again", "let down", "funktioniert nicht",
    "beschwerde", "ne marche pas", "reclamation",
)  # fmt: skip

FACTUAL_ERROR: Final = (
    "klopt niet", "klopt helemaal niet", "is onjuist", "is niet waar", "feitelijk onjuist", "verkeerde prijs staat",
    "fout op jullie site", "fout op de site", "staat verkeerd", "is not true", "isnt true", "factually wrong",
    "factually incorrect", "is incorrect", "is wrong on your", "mistake on your", "error on your", "wrong information",
    "verkeerde informatie", "misinformation",
)  # fmt: skip

BUYING_SIGNAL: Final = (
    "abonnement loopt af", "contract loopt af", "abonnement verloopt", "contract verloopt", "weet iemand een goede",
    "kan iemand aanraden", "iemand een aanrader", "iemand tips voor een", "raden jullie aan", "wie raadt",
    "op zoek naar een nieuwe", "op zoek naar een goede", "wil overstappen", "overstappen naar",
    "wil er een kopen", "ga er een kopen", "twijfel tussen", "subscription expires", "contract expires",
    "contract is ending", "anyone recommend", "can you recommend", "any recommendations", "looking for a new",
    "looking to buy", "thinking of buying", "thinking about buying", "want to buy", "switching to", "switch to",
    "which one should i buy", "where can i buy", "waar kan ik kopen", "waar te koop",
)  # fmt: skip

PRODUCT_TIP: Final = (
    "tip voor jullie", "tipje", "suggestie", "idee voor jullie", "zou handig zijn als", "zou fijn zijn als",
    "zou mooi zijn als", "waarom maken jullie geen", "het zou beter zijn als", "feature request", "suggestion",
    "would be great if", "would be nice if", "you should add", "please add", "idea for you", "wish you would add",
    "would love to see",
)  # fmt: skip

RECEIPT_NOISE: Final = (
    "bestelling geplaatst", "bestelling gedaan", "net besteld", "zojuist besteld", "heb besteld bij",
    "bestelling binnen", "bestelling ontvangen", "pakketje binnen", "pakje binnen", "pakket binnen",
    "orderbevestiging", "bestelbevestiging", "bevestiging van je bestelling", "bevestiging van uw bestelling",
    "bedankt voor je bestelling", "bedankt voor uw bestelling", "bestelling is verzonden", "order placed",
    "placed an order", "just ordered", "order confirmation", "order received", "thank you for your order",
    "your order has shipped", "order has been shipped", "package arrived", "parcel arrived", "i just bought",
    "out of office", "automatic reply", "automatisch antwoord", "afwezigheidsbericht", "ontvangstbevestiging",
)  # fmt: skip

ASKING: Final = (
    "weet iemand", "kan ik", "kunnen jullie", "kunt u", "kun je", "kan je", "mag ik", "waar is", "waar blijft",
    "wanneer komt", "hulp nodig", "help me",
    "need help", "kan iemand helpen", "graag hulp", "graag een reactie", "graag reactie", "graag contact",
    "graag antwoord", "hoor graag", "zou graag", "wil graag", "ik wil", "wil ik", "wij willen", "ik wou", "ik zoek",
    "verzoek", "alstublieft", "alsjeblieft", "svp", "vraag", "vraagje", "when will", "when is", "where is",
    "where are", "where can", "what is", "can i", "can you", "could you", "do you", "is it possible", "may i",
    "please", "i want", "i would like", "id like", "i need", "question", "wie kann", "konnen sie", "bitte",
    "pouvez vous", "comment puis je",
)  # fmt: skip

_FIRST = "comment hoe how pourquoi waar waarom wann wanneer warum wat welke what when where which who why wie "
ASKING_AT_FIRST: Final = frozenset(_FIRST.split())

PRAISE: Final = (
    "compliment*", "bedankt", "dank je", "dankjewel", "dank u", "dankuwel", "top service", "toppers", "super",
    "geweldig*", "fantastisch*", "heel blij", "erg blij", "heel tevreden", "erg tevreden", "tevreden", "aanrader",
    "goed geholpen", "snel geholpen", "netjes geholpen", "helden", "chapeau", "petje af", "thanks", "thank you",
    "kudos", "great service", "excellent*", "amazing", "awesome", "love your", "love this", "love my", "love it",
    "well done", "good job", "great job", "highly recommend", "best service", "shout out to", "danke", "merci",
)  # fmt: skip

SPAM: Final = (
    "gratis volgers", "volgers kopen", "buy followers", "free followers", "more followers", "bitcoin", "crypto",
    "casino", "viagra", "cialis", "seo services", "seo service", "backlink*", "guest post", "work from home",
    "thuiswerken en verdien", "verdien geld", "earn money", "make money", "klik hier", "click here", "click the link",
    "link in bio", "gratis iphone", "free iphone", "win een iphone", "u heeft gewonnen", "you have won",
    "you won", "dm for promo", "dm us to promote", "promote your", "onlyfans", "forex", "lening zonder bkr",
    "payday loan", "instant loan", "investment opportunity", "passive income", "whatsapp me on", "telegram channel",
    "wire transfer", "inheritance", "lottery", "weight loss pills", "hot girls", "hot singles",
)  # fmt: skip

GREETINGS: Final = ("beste", "hallo", "hoi", "hi", "hello", "hey", "dear", "geachte", "lieve")
