import type { VerdictView } from './story.js';

/** The demo speaks to a person on one stream and, with --json, to a machine on the other. */
export class Narrator {
  private step = 0;
  private readonly out: NodeJS.WriteStream;
  private readonly colour: boolean;

  constructor(private readonly json: boolean) {
    this.out = json ? process.stderr : process.stdout;
    this.colour = this.out.isTTY && process.env.NO_COLOR === undefined;
  }

  title(text: string): void {
    this.step += 1;
    this.line(`\n${this.paint('1', `${this.step}. ${text}`)}`);
  }

  line(text: string): void {
    this.out.write(`${text}\n`);
  }

  detail(text: string): void {
    this.line(`   ${text}`);
  }

  verdict(verdict: VerdictView): void {
    const colour = { PASS: '32', HOLD: '33', THROTTLE: '33', REFUSE: '31' }[verdict.outcome] ?? '0';
    this.detail(`gate ${verdict.gate.padEnd(11)} ${this.paint(colour, verdict.outcome.toLowerCase())}`);
    for (const finding of verdict.findings) {
      this.detail(`  ${finding.rule}: ${finding.reason}`);
      if (finding.met.length > 0) this.detail(`    because  ${finding.met.join('; ')}`);
      this.detail(`    source   ${finding.citation}`);
      this.detail(`    remedy   ${finding.remedy}`);
    }
  }

  /** The last line of standard output with --json. */
  result(answer: Readonly<Record<string, unknown>>): void {
    if (this.json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  }

  private paint(code: string, text: string): string {
    return this.colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
