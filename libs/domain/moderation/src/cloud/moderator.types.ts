/** One class that an engine spoke of. A class that it did not speak of is not in its list: not reported, which is not the same as 0. */
export interface ClassScore {
  /** Taxonomy class: `violence.graphic`. */
  readonly class: string;
  /** 0 to 1000. */
  readonly score: number;
  /** The engine's own word and value: `violence/graphic 0.8912`. */
  readonly raw: string;
}

/** What one engine said of one prompt or picture. Plain JSON without fractions; never the content. */
export interface EngineVerdict {
  /** As configured: `openai`. */
  readonly engine: string;
  /** What a verdict is kept under: another version is asked anew. */
  readonly version: string;
  /** The model that says it answered; null: not reported. */
  readonly model: string | null;
  /** Strongest first; each class once. */
  readonly classes: readonly ClassScore[];
  /** Words of the engine that no class stands for: not reported. */
  readonly unmapped: readonly string[];
}

export type ModeratedContent =
  | { readonly kind: 'prompt'; readonly text: string }
  /** The stored bytes, in any format that is accepted as an upload. */
  | { readonly kind: 'picture'; readonly bytes: Uint8Array };

/** What leaves the machine: the prompt as it is, or a JPEG made from the picture, without its metadata. */
export type SentContent = { readonly kind: 'prompt'; readonly text: string } | { readonly kind: 'picture'; readonly jpeg: Uint8Array };

/** What an engine answers, before it is written down. */
export type Said = Pick<EngineVerdict, 'model' | 'classes' | 'unmapped'>;

/**
 * An engine that judges prompts, pictures or both in words of the taxonomy. Throws Fault MODERATOR_UNAVAILABLE (retryable), MODERATOR_REFUSED,
 * MODERATOR_CONTENT_REFUSED or MODERATOR_WRONG; whoever asked then holds.
 */
export interface Moderator {
  readonly name: string;
  readonly version: string;
  readonly judges: readonly ModeratedContent['kind'][];
  judge(content: SentContent, timeoutMs: number): Promise<Said>;
}
