/** What is left of a clause while a rule reads it: each `take` removes what was understood, so that what was not shows in the end. */
export class Words {
  constructor(
    private text: string,
    readonly quotes: readonly string[] = [],
  ) {}

  /** The first match, removed; null when there is none. */
  take(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.text);
    if (match) this.text = `${this.text.slice(0, match.index)} ${this.text.slice(match.index + match[0].length)}`;
    return match;
  }

  /** The last match, removed. */
  takeLast(pattern: RegExp): RegExpExecArray | null {
    const match = [...this.text.matchAll(new RegExp(pattern.source, 'g'))].at(-1);
    if (match) this.text = `${this.text.slice(0, match.index)} ${this.text.slice(match.index + match[0].length)}`;
    return match ?? null;
  }

  has(pattern: RegExp): boolean {
    return pattern.test(this.text);
  }

  rest(): string {
    return this.text.replace(/\s+/g, ' ').trim();
  }
}
