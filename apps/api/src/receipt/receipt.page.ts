import type { ReceiptStanding, TakedownReport } from '@imprimatur/flows/consents';
import { type JsonObject, toPublicId } from '@imprimatur/kernel';

/** Text that is HTML already. */
class Markup {
  constructor(readonly html: string) {}
}

type Piece = string | number | Markup | readonly Markup[];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function written(piece: Piece): string {
  if (piece instanceof Markup) return piece.html;
  if (typeof piece === 'object') return piece.map((each) => each.html).join('');
  return String(piece).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** Everything put in is text, unless it was made by this very tag. */
function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(parts.reduce((whole, part, at) => whole + written(pieces[at - 1] ?? '') + part));
}

const NOTHING = html``;

/** What opens a receipt, as it was typed. */
export interface TypedKey {
  readonly receipt: string;
  readonly capability: string;
}

function page(title: string, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/landing.css" />
        <link rel="stylesheet" href="/receipt.css" />
      </head>
      <body>
        <main>
          <header>
            <p class="mark" aria-hidden="true">Imprimatur</p>
            <h1>${title}</h1>
          </header>
          ${body}
        </main>
      </body>
    </html> `.html;
}

/** Where the receipt is typed in; `problem`: why that which was typed opens nothing. */
export function openingPage(problem: string | null): string {
  return page(
    'Your consent receipt',
    html`<p class="lead">With your receipt you see where pictures of you were used, and can withdraw your consent. You need no account.</p>
      ${problem === null ? NOTHING : html`<p class="problem" role="alert">${problem}</p>`}
      <form method="post" action="/receipt">
        <label
          >Number of the receipt <input name="receipt" required autocomplete="off" spellcheck="false" placeholder="receipt_..."
        /></label>
        <label>Its capability <input name="capability" required autocomplete="off" spellcheck="false" placeholder="imr_..." /></label>
        <button>Open</button>
      </form>`,
  );
}

const STATES: Readonly<Record<ReceiptStanding['consent']['state'], string>> = {
  given: 'Your consent is in force.',
  withdrawn: 'Your consent is withdrawn.',
  expired: 'Your consent has run out.',
};
const STANDINGS: Readonly<Record<ReceiptStanding['uses'][number]['standing'], string>> = {
  valid: 'in use',
  flagged: 'made while your consent held; marked, since it has run out',
  withdrawn: 'marked as withdrawn',
};

/** `report`: of the withdrawal that was just made; null: none was. */
export function standingPage(standing: ReceiptStanding, key: TypedKey, report: TakedownReport | null): string {
  const { consent, document, uses, hasMoreUses } = standing;
  return page(
    'Your consent receipt',
    html`<p class="lead">${STATES[consent.state]} ${untilOf(consent)}</p>
      ${report === null ? NOTHING : html`<p role="status">Done. Pictures blocked: ${report.versionsBlocked}; finished files marked as withdrawn: ${report.exportsFlagged}.</p>`}
      ${document === null ? NOTHING : agreed(document)}
      <section aria-labelledby="uses">
        <h2 id="uses">Where pictures of you were used</h2>
        ${uses.length === 0 ? html`<p>No finished file shows you.</p>` : table(uses)}
        ${hasMoreUses ? html`<p>There are more; these are the newest ${uses.length}.</p>` : NOTHING}
      </section>
      ${consent.state === 'withdrawn' ? NOTHING : withdrawal(key)}`,
  );
}

function untilOf({ state, validUntil }: ReceiptStanding['consent']): string {
  return state === 'given' && validUntil !== null ? `It ends on ${dayOf(validUntil)}.` : '';
}

function agreed(document: JsonObject): Markup {
  const { privacy_notice: notice } = document.pii_processing as {
    readonly privacy_notice: { readonly text: string; readonly language: string };
  };
  return html`<section aria-labelledby="notice">
    <h2 id="notice">What you agreed to</h2>
    <p class="notice" lang="${notice.language}">${notice.text}</p>
  </section>`;
}

function table(uses: ReceiptStanding['uses']): Markup {
  const row = ({ export: id, at, useCase, channel, territory, standing }: ReceiptStanding['uses'][number]): Markup =>
    html`<tr>
      <td>${dayOf(at)}</td>
      <td>${useCase}</td>
      <td>${channel}</td>
      <td>${territory}</td>
      <td>${STANDINGS[standing]}</td>
      <td><code>${toPublicId('export', id)}</code></td>
    </tr>`;
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Day</th>
        <th scope="col">For</th>
        <th scope="col">Channel</th>
        <th scope="col">Territory</th>
        <th scope="col">Standing</th>
        <th scope="col">File</th>
      </tr>
    </thead>
    <tbody>
      ${uses.map(row)}
    </tbody>
  </table>`;
}

function withdrawal({ receipt, capability }: TypedKey): Markup {
  return html`<section aria-labelledby="withdraw">
    <h2 id="withdraw">Withdraw</h2>
    <p>
      Pictures that rest on your consent can then not be used any more. Files that have left are marked as withdrawn. It cannot be undone.
    </p>
    <form method="post" action="/receipt/withdraw">
      <input type="hidden" name="receipt" value="${receipt}" />
      <input type="hidden" name="capability" value="${capability}" />
      <label>Why, if you want to say <textarea name="reason" maxlength="2000" rows="3"></textarea></label>
      <label class="check"><input type="checkbox" name="sure" value="yes" required /> I withdraw my consent</label>
      <button>Withdraw</button>
    </form>
  </section>`;
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
