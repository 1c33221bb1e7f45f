/** What is asked in nearly every conversation in text, ready in a few languages: the caller gets it in
 * their own, the record keeps the English beside it. Data alone. */

export interface Phrase {
  en: string;
  es: string;
  pt: string;
  fr: string;
  de: string;
}

export const PHRASES: readonly Phrase[] = [
  {
    en: "This is 911. Where is the emergency? Send the address.",
    es: "Aquí el 911. ¿Dónde es la emergencia? Envíe la dirección.",
    pt: "Aqui é a emergência. Onde é a ocorrência? Envie o endereço.",
    fr: "Ici les urgences. Où est l'urgence ? Envoyez l'adresse.",
    de: "Hier ist der Notruf. Wo ist der Notfall? Schicken Sie die Adresse.",
  },
  {
    en: "What happened?",
    es: "¿Qué pasó?",
    pt: "O que aconteceu?",
    fr: "Que s'est-il passé ?",
    de: "Was ist passiert?",
  },
  {
    en: "Is anybody hurt?",
    es: "¿Hay alguien herido?",
    pt: "Alguém está ferido?",
    fr: "Quelqu'un est-il blessé ?",
    de: "Ist jemand verletzt?",
  },
  {
    en: "Are you in danger now? Answer yes or no.",
    es: "¿Está usted en peligro ahora? Responda sí o no.",
    pt: "Você está em perigo agora? Responda sim ou não.",
    fr: "Êtes-vous en danger maintenant ? Répondez oui ou non.",
    de: "Sind Sie jetzt in Gefahr? Antworten Sie ja oder nein.",
  },
  {
    en: "Can you speak on the phone? Answer yes or no.",
    es: "¿Puede hablar por teléfono? Responda sí o no.",
    pt: "Você pode falar ao telefone? Responda sim ou não.",
    fr: "Pouvez-vous parler au téléphone ? Répondez oui ou non.",
    de: "Können Sie telefonieren? Antworten Sie ja oder nein.",
  },
  {
    en: "Help is on the way. Stay where you are if it is safe.",
    es: "La ayuda está en camino. Quédese donde está si es seguro.",
    pt: "A ajuda está a caminho. Fique onde está se for seguro.",
    fr: "Les secours arrivent. Restez où vous êtes si c'est sans danger.",
    de: "Hilfe ist unterwegs. Bleiben Sie, wo Sie sind, wenn es sicher ist.",
  },
];

/** The phrase as it is sent to a caller of this language, and the English where it is another. Pure. */
export function phraseIn(phrase: Phrase, language: string): Record<string, string> {
  const short = (language.split("-")[0] ?? "").toLowerCase();
  if (short === "en" || !(short in phrase)) return { text: phrase.en, language: "en" };
  const text = phrase[short as keyof Phrase];
  return { text, language: short, translation: phrase.en, translation_language: "en" };
}
