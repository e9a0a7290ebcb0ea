// Everything the box says, in French and in English.

export type Language = "fr" | "en";
type Message = string | { readonly one: string; readonly other: string };

const FR = {
  label: "Que cherchez-vous ?",
  placeholder: "Fixer ses prix, trouver un associé…",
  submit: "Chercher",
  open: "Chercher",
  dialog: "Recherche",
  close: "Fermer",
  clear: "Effacer le texte",
  list: "Suggestions et résultats",
  "list.remembered": "Recherches de cet appareil",
  "group.spelling": "Vouliez-vous dire",
  "group.queries": "Recherches qui ont aidé",
  "group.suggestions": "Suggestions",
  "group.passages": "Meilleurs passages",
  "group.nearest": "Rien ne répond vraiment : au plus près",
  "group.videos": "Vidéos et enregistrements",
  "group.sheets": "Fiches",
  "group.exchanges": "Échanges",
  "group.mentors": "Mentors",
  "group.all": "Page de résultats",
  "group.favourites": "Recherches gardées",
  "group.recent": "Recherches récentes",
  "kind.exchange": "Échange",
  "kind.course": "Cours",
  "kind.replay": "Rediffusion",
  "kind.workshop": "Atelier",
  "kind.sheet": "Fiche",
  "kind.thread": "Discussion",
  "visibility.participants": "Privé",
  "visibility.mentors": "Mentors",
  "place.time": "à {time}",
  "place.page": "page {page}",
  "place.message": "message {message}",
  "ground.useful": { one: "utile à {n} personne", other: "utile à {n} personnes" },
  tag: "Thème",
  documents: { one: "{n} document", other: "{n} documents" },
  all: "Voir tous les résultats pour « {q} »",
  "all.exact": "{n}",
  "all.at-least": "au moins {n}",
  "found.exact": { one: "{n} document trouvé.", other: "{n} documents trouvés." },
  "found.at-least": { one: "Au moins {n} document trouvé.", other: "Au moins {n} documents trouvés." },
  "found.browse": "Flèches haut et bas pour parcourir.",
  keep: "Garder cette recherche",
  "keep.one": "Garder « {q} »",
  remove: "Oublier « {q} »",
  forget: "Tout oublier",
  remembered: { one: "{n} recherche de cet appareil.", other: "{n} recherches de cet appareil." },
  busy: "Recherche en cours",
  retry: "Réessayer",
  "start.title": "Cherchez dans tout ce que l’école a enseigné",
  "start.text": "Deux mots suffisent, même mal écrits : vidéos à la seconde, fiches à la page, échanges au message.",
  "empty.title": "Rien pour « {q} »",
  "empty.text": "Essayez avec moins de mots, ou d’autres mots pour la même idée.",
  "offline.title": "Vous êtes hors ligne",
  "offline.text": "La recherche reprendra toute seule dès que la connexion reviendra.",
  "unreachable.title": "La recherche ne répond pas",
  "unreachable.text": "Nouvel essai automatique dans un instant. Votre texte n’est pas perdu.",
  "expired.title": "Votre session a pris fin",
  "expired.text": "Connectez-vous de nouveau, puis réessayez.",
  "failed.title": "La recherche a rencontré un problème",
  "failed.text": "Réessayez. Si cela continue, prévenez l’équipe de l’école.",
  "failed.reference": "Réessayez. Si cela continue, donnez cette référence à l’équipe de l’école : {reference}",
  "keys.move": "parcourir",
  "keys.open": "ouvrir",
  "keys.close": "fermer",
} satisfies Readonly<Record<string, Message>>;

export type Key = keyof typeof FR;

const EN: Readonly<Record<Key, Message>> = {
  label: "What are you looking for?",
  placeholder: "Set your prices, find a co-founder…",
  submit: "Search",
  open: "Search",
  dialog: "Search",
  close: "Close",
  clear: "Clear the text",
  list: "Suggestions and results",
  "list.remembered": "Searches on this device",
  "group.spelling": "Did you mean",
  "group.queries": "Searches that helped",
  "group.suggestions": "Suggestions",
  "group.passages": "Best passages",
  "group.nearest": "Nothing really answers: the nearest",
  "group.videos": "Videos and recordings",
  "group.sheets": "Sheets",
  "group.exchanges": "Exchanges",
  "group.mentors": "Mentors",
  "group.all": "Results page",
  "group.favourites": "Saved searches",
  "group.recent": "Recent searches",
  "kind.exchange": "Exchange",
  "kind.course": "Course",
  "kind.replay": "Replay",
  "kind.workshop": "Workshop",
  "kind.sheet": "Sheet",
  "kind.thread": "Discussion",
  "visibility.participants": "Private",
  "visibility.mentors": "Mentors",
  "place.time": "at {time}",
  "place.page": "page {page}",
  "place.message": "message {message}",
  "ground.useful": { one: "useful to {n} person", other: "useful to {n} people" },
  tag: "Topic",
  documents: { one: "{n} document", other: "{n} documents" },
  all: "See all results for “{q}”",
  "all.exact": "{n}",
  "all.at-least": "at least {n}",
  "found.exact": { one: "{n} document found.", other: "{n} documents found." },
  "found.at-least": { one: "At least {n} document found.", other: "At least {n} documents found." },
  "found.browse": "Up and down arrows to browse.",
  keep: "Save this search",
  "keep.one": "Save “{q}”",
  remove: "Forget “{q}”",
  forget: "Forget all",
  remembered: { one: "{n} search on this device.", other: "{n} searches on this device." },
  busy: "Searching",
  retry: "Try again",
  "start.title": "Search everything the school has taught",
  "start.text": "Two words are enough, even misspelled: videos at the second, sheets at the page, exchanges at the message.",
  "empty.title": "Nothing for “{q}”",
  "empty.text": "Try fewer words, or other words for the same idea.",
  "offline.title": "You are offline",
  "offline.text": "The search goes on by itself as soon as the connection is back.",
  "unreachable.title": "The search does not answer",
  "unreachable.text": "It will be tried again in a moment. Your text is not lost.",
  "expired.title": "Your session has ended",
  "expired.text": "Sign in again, then try again.",
  "failed.title": "The search ran into a problem",
  "failed.text": "Try again. If it goes on, tell the school’s team.",
  "failed.reference": "Try again. If it goes on, give this reference to the school’s team: {reference}",
  "keys.move": "browse",
  "keys.open": "open",
  "keys.close": "close",
};

const CATALOGUES = { fr: FR, en: EN };

export class Texts {
  readonly language: Language;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;

  constructor(language: Language) {
    this.language = language;
    this.#plural = new Intl.PluralRules(language);
    this.#number = new Intl.NumberFormat(language);
  }

  /** Return a message with its values filled in; `n` decides between one and many. */
  of(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
    const message: Message = CATALOGUES[this.language][key];
    const form = typeof message === "string" ? message : message[this.#plural.select(Number(values["n"])) === "one" ? "one" : "other"];
    return form.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? "";
      return typeof value === "number" ? this.#number.format(value) : value;
    });
  }
}

/** Return the language of an address tag such as `fr-FR`; French where it is neither of ours. */
export function languageOf(tag: string | null | undefined): Language {
  return /^en\b/i.test(tag ?? "") ? "en" : "fr";
}
