"""What the hotels answer to public reviews, in the guest's language where they can, else in English."""
TEXTS = {
    ("en", True): ("Thank you for your kind words. We look forward to welcoming you again.", "It is good to read that you enjoyed your stay. Thank you."),
    ("en", False): ("We are sorry that we fell short. We have spoken with the team and are putting it right.",
                    "Thank you for telling us so openly. We would like to make up for it; please write to us."),
    ("de", True): ("Herzlichen Dank für Ihre freundlichen Worte. Wir freuen uns auf das nächste Mal.",),
    ("de", False): ("Es tut uns leid, dass wir Sie enttäuscht haben. Wir gehen dem nach.",),
    ("fr", True): ("Merci pour ce beau commentaire. Au plaisir de vous revoir.",),
    ("fr", False): ("Nous sommes désolés de vous avoir déçus. Nous en avons parlé avec l'équipe.",),
    ("pt", True): ("Muito obrigado pelas suas palavras. Esperamos vê-lo de novo.",),
    ("pt", False): ("Lamentamos não ter correspondido às expectativas. Já estamos a tratar do assunto.",),
    ("es", True): ("Muchas gracias por sus palabras. Esperamos verle de nuevo.",),
    ("es", False): ("Sentimos no haber estado a la altura. Ya lo estamos corrigiendo.",),
}


def answer(language: str, content: bool, u: float) -> str:
    """Return an answer to a content or an unhappy guest; u (0 to 1) picks one of several."""
    found = TEXTS.get((language, content)) or TEXTS["en", content]
    return found[int(u * len(found))]
