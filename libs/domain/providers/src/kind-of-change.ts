/** What policy and consent speak of. The words of the bundle's vocabulary. */
export const KINDS_OF_CHANGE = ['tone', 'colour', 'sharpness', 'geometry', 'crop', 'erase', 'recolour', 'text', 'blur', 'other'] as const;
export type KindOfChange = (typeof KINDS_OF_CHANGE)[number];
