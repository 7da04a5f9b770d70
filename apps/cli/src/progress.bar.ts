const WIDTH = 30;
const REDRAW_MS = 100;
/** Nothing is drawn for work that is done at once. */
const PATIENCE_MS = 400;

/** A bar on standard error, for work that takes long, while a person watches. */
export class ProgressBar {
  private readonly started = performance.now();
  private readonly isWatched = process.stderr.isTTY && process.env.TERM !== 'dumb';
  private done = 0;
  private drawn = 0;

  constructor(private readonly what: string) {}

  add(count: number, total: number): void {
    this.done += count;
    const now = performance.now();
    if (!this.isWatched || now - this.started < PATIENCE_MS || now - this.drawn < REDRAW_MS) return;
    this.drawn = now;
    const share = total === 0 ? 1 : Math.min(1, this.done / total);
    const filled = Math.round(share * WIDTH);
    const rate = Math.round((this.done * 1000) / (now - this.started));
    const text = `${this.what} [${'='.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${Math.floor(share * 100)}% of ${total}, ${rate}/s`;
    process.stderr.write(`\r${text}\u001b[K`);
  }

  /** Takes the bar away: what follows says more. */
  end(): void {
    if (this.drawn > 0) process.stderr.write('\r\u001b[K');
  }
}
