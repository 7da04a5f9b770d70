/**
 * Words by which a sentence shows that it is in another language than English: function words, and what people ask an editor to do. A name may hold one
 * (Le Creuset, Los Angeles), so one alone says nothing.
 */
const BY_LANGUAGE: Readonly<Record<string, string>> = {
  de: `der den dem das ein eine einen einem einer und ist sind nicht mit auf aus für vom zum zur von bitte bild mach mache macht entferne entfernen ändere
    ändern füge hinzu hintergrund heller dunkler wasserzeichen gesicht ihr ihre ihren sein seine seinen zieh ziehe ohne kleidung lösche ersetze setze
    haut nackt auch noch wie sie ihm ihn diese dieses diesen himmel wärmer oben unten rechts lampe etwas mehr weniger kein keine weg`,
  fr: `le la les des une et est dans avec sans sur pas cette ces sa ses enlève enlever retire retirer supprime supprimer fais mets rends ajoute ajouter
     remplace efface filigrane visage lumière vêtements nue ciel chaud`,
  es: `el la los las una unos con por para esta este estos su sus quita quitar elimina eliminar borra haz pon ponle cambia añade agrega fondo cara agua marca
    más ropa desnuda cielo cálido imagen`,
  it: `il lo la gli della dello del dal che non una con senza questa questo rimuovi togli aggiungi cambia rendi cancella metti sfondo volto filigrana più
    vestiti nuda cielo immagine`,
  pt: `os um uma da dos das não com sem para esta este remova mude adicione apague coloque fundo rosto marca mais roupa roupas nua céu imagem`,
  nl: `het een zonder voor niet deze verwijder maak voeg verander achtergrond gezicht watermerk kleren naakt lucht`,
  sv: `och ett med utan för inte den det ta bort gör lägg till ändra bakgrund ansikte vattenstämpel kläder`,
  pl: `usuń zmień dodaj zrób nie bez tło zdjęcie twarz ubranie znak wodny niebo jaśniejsze`,
  da: `og ikke uden fra fjern gør tilføj skift ændr lidt mere himlen himmel billedet baggrunden ansigtet vandmærke lysere mørkere varmere lampen`,
  nb: `og ikke uten fra fjern gjør legg endre litt mer himmelen bildet bakgrunnen ansiktet vannmerke lysere mørkere varmere lampen`,
  fi: `ja ei ilman poista lisää muuta vaihda tausta taustan taivas taivaasta taivaan kuva kuvasta kuvan kasvot vähän enemmän hieman vesileima vaatteet`,
  cs: `odstraň udělej přidej změň pozadí obloha oblohu bez obrázek tvář teplejší světlejší lampu`,
  ro: `șterge adaugă schimbă fundalul fundal cerul și fără fața`,
  hu: `távolítsd tedd hozzá háttér hátteret eget és nem kép nélkül`,
  tr: `bir ve için kaldır sil ekle değiştir yap arka yüz elbise filigran gökyüzü`,
  id: `hapus tambahkan ubah buat dengan tanpa latar belakang wajah pakaian langit yang dan`,
};

/** English words that stand in most requests, none of which is one of another list's. */
const ENGLISH_TEXT = `the an and of to in at it is are this that these those with without from for by into as her his their she he they them my your our make makes add
  adds remove removes change changes put puts turn keep replace erase crop brighten darken lighten sharpen blur rotate flip resize convert increase decrease
  reduce raise warm warmer cooler brighter darker more less slightly little bit please picture photo background shadow shadows light colour color text logo sky
  wall table face hair skin left right top bottom corner black white red blue green all some not do but so like look show give`;

const wordsIn = (text: string): readonly string[] => text.trim().split(/\s+/);

export const FOREIGN: ReadonlySet<string> = new Set(Object.values(BY_LANGUAGE).flatMap(wordsIn));
export const ENGLISH: ReadonlySet<string> = new Set(wordsIn(ENGLISH_TEXT).filter((word) => !FOREIGN.has(word)));
/** Loans that kept their accents. */
export const LOANS: ReadonlySet<string> = new Set(
  wordsIn(
    'café cafés naïve façade décor crème brûlée jalapeño piñata résumé cliché déjà purée sautéed rosé fiancé fiancée entrée soufflé matinée née über à',
  ),
);
