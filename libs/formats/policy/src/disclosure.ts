import { z } from 'zod';

/**
 * How a file can say what was done to it. visible-label: text drawn into the picture. signed-metadata: the manifest, with its source type.
 * latent-disclosure: provider, system, version, time and a unique id inside the file. watermark: an imperceptible mark, which nobody draws here yet.
 */
export const DISCLOSURE_KINDS = ['visible-label', 'signed-metadata', 'latent-disclosure', 'watermark'] as const;
export type DisclosureKind = (typeof DISCLOSURE_KINDS)[number];

/** Of what a disclosure is demanded: a picture made by a model, changed by one, with people who were never photographed, or any. */
const CAUSES = ['ai-generated', 'ai-modified', 'synthetic-people', 'always'] as const;

const code = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const territory = z.string().regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/);
const prose = z.string().trim().min(1);

/** What the fonts that ship with the project can draw: Latin letters, and the characters of the Chinese words for `made by AI`. */
const drawable = z
  .string()
  .min(2)
  .max(40)
  .regex(/^[\u0020-\u007e\u00a1-\u017f生成合]+$/u, 'letters that the label can be drawn with');

const demand = z.discriminatedUnion('disclosure', [
  z.strictObject({
    disclosure: z.literal('visible-label'),
    when: z.enum(CAUSES),
    useCases: z.array(code).min(1).optional(),
    text: drawable,
    /** Height of the letters, in thousandths of the picture's shorter side. */
    heightPermille: z.int().min(10).max(200),
    citation: prose,
  }),
  z.strictObject({
    disclosure: z.enum(['signed-metadata', 'latent-disclosure', 'watermark']),
    when: z.enum(CAUSES),
    useCases: z.array(code).min(1).optional(),
    citation: prose,
  }),
]);

/** `data/territories.yaml`: what an export must carry, by where it is meant for. */
export const territoriesFormat = z.strictObject({
  territories: z.array(z.strictObject({ id: code, title: prose, codes: z.array(territory).min(1), demands: z.array(demand) })),
  /** For every other territory. */
  elsewhere: z.array(demand).default([]),
});

export type DisclosureDemand = z.infer<typeof demand>;
export type Territories = z.infer<typeof territoriesFormat>;

/** What an export is for. */
export interface MadeFor {
  readonly useCase: string;
  /** ISO 3166; `*`: everywhere, `none`: nowhere in particular. */
  readonly territory: string;
}

/** How the picture came to be. */
export interface MadeHow {
  /** Term of IPTC: what the whole picture is after all that was done to it. */
  readonly sourceType: string;
  /** There are people in it who are in no picture that it was made from. */
  readonly hasSyntheticPeople: boolean;
}

/** Text in the picture. */
export interface VisibleLabel {
  readonly text: string;
  readonly heightPermille: number;
}

/** What the file that is made will carry. */
export interface Carried {
  readonly label: VisibleLabel | null;
}

/** Always carried: no file leaves without its signed manifest, which names who made what with which version, when, and has an id of its own. */
const ALWAYS_CARRIED: readonly DisclosureKind[] = ['signed-metadata', 'latent-disclosure'];
const BETWEEN_TEXTS = ' / ';

/** What is demanded of this picture for this use; everywhere means what any territory demands. */
export function demandsFor(territories: Territories | null, use: MadeFor, how: MadeHow): readonly DisclosureDemand[] {
  if (territories === null) return [];
  const meant = territories.territories.filter(({ codes }) => codes.some((each) => isWithin(each, use.territory)));
  const demands =
    use.territory === '*' ? allDemands(territories) : meant.length > 0 ? meant.flatMap((each) => each.demands) : territories.elsewhere;
  return demands.filter(({ when, useCases }) => applies(when, how) && (useCases === undefined || useCases.includes(use.useCase)));
}

export function allDemands({ territories, elsewhere }: Territories): readonly DisclosureDemand[] {
  return [...territories.flatMap(({ demands }) => demands), ...elsewhere];
}

/** The one label that says what all of them demand, as large as the largest; null: none is demanded. */
export function labelFor(demands: readonly DisclosureDemand[]): VisibleLabel | null {
  const labels = demands.filter((each) => each.disclosure === 'visible-label');
  if (labels.length === 0) return null;
  return {
    text: [...new Set(labels.map(({ text }) => text))].join(BETWEEN_TEXTS),
    heightPermille: Math.max(...labels.map(({ heightPermille }) => heightPermille)),
  };
}

/** Kinds of disclosures that are demanded and that the file will not carry: in order, each once. */
export function missingOf(demands: readonly DisclosureDemand[], { label }: Carried): readonly DisclosureKind[] {
  const isCarried = (each: DisclosureDemand): boolean =>
    each.disclosure === 'visible-label'
      ? label !== null && label.heightPermille >= each.heightPermille && label.text.split(BETWEEN_TEXTS).includes(each.text)
      : ALWAYS_CARRIED.includes(each.disclosure);
  const missing = demands.filter((each) => !isCarried(each)).map(({ disclosure }) => disclosure);
  return DISCLOSURE_KINDS.filter((kind) => missing.includes(kind));
}

/** A use in a country is one in its parts, too, and one in a part is one in the country. */
function isWithin(listed: string, meant: string): boolean {
  return listed === meant || listed.startsWith(`${meant}-`) || meant.startsWith(`${listed}-`);
}

function applies(when: DisclosureDemand['when'], { sourceType, hasSyntheticPeople }: MadeHow): boolean {
  switch (when) {
    case 'ai-generated':
      return sourceType === 'trainedAlgorithmicMedia';
    case 'ai-modified':
      return sourceType === 'compositeWithTrainedAlgorithmicMedia';
    case 'synthetic-people':
      return hasSyntheticPeople;
    case 'always':
      return true;
  }
}
