import type { ReceiptStanding } from '@imprimatur/flows/consents';
import { newId } from '@imprimatur/kernel';
import { openingPage, standingPage } from './receipt.page';

const KEY = { receipt: 'receipt_"><script>', capability: `imr_${'a'.repeat(43)}` };
const standing: ReceiptStanding = {
  document: { pii_processing: { privacy_notice: { text: '<script>alert("1")</script> & so on', language: 'en"onclick="x' } } },
  proof: null,
  consent: { state: 'given', validFrom: new Date('2026-01-01T00:00:00Z'), validUntil: new Date('2027-01-31T10:00:00Z') },
  uses: [
    {
      export: newId('export'),
      at: new Date('2026-02-03T00:00:00Z'),
      useCase: 'marketing',
      channel: '<b>web</b>',
      territory: 'DE',
      standing: 'valid',
      standingSince: null,
    },
  ],
  hasMoreUses: false,
};

describe('the page of a receipt', () => {
  it('tells how it stands, and lets withdraw', () => {
    const page = standingPage(standing, KEY, null);
    expect(page).toContain('Your consent is in force. It ends on 2027-01-31.');
    expect(page).toContain('<td>2026-02-03</td>');
    expect(page).toContain('action="/receipt/withdraw"');
    expect(page).toContain(`value="${KEY.capability}"`);
  });

  it('puts nothing in as markup that came from somebody', () => {
    const page = standingPage(standing, KEY, null);
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; so on');
    expect(page).toContain('lang="en&quot;onclick=&quot;x"');
    expect(page).toContain('value="receipt_&quot;&gt;&lt;script&gt;"');
    expect(page).toContain('&lt;b&gt;web&lt;/b&gt;');
    expect(page).not.toMatch(/<script|<b>/);
  });

  it('offers no withdrawal where it was made, and tells what ended', () => {
    const report = { versionsBlocked: 3, itemsEnded: 1, tasksClosed: 0, exportsFlagged: 2, exportsStopped: 0 };
    const page = standingPage({ ...standing, consent: { ...standing.consent, state: 'withdrawn' }, document: null, uses: [] }, KEY, report);
    expect(page).toContain('Your consent is withdrawn.');
    expect(page).toContain('Done. Pictures blocked: 3; finished files marked as withdrawn: 2.');
    expect(page).toContain('No finished file shows you.');
    expect(page).not.toContain('<form');
  });

  it('says why what was typed opens nothing', () => {
    expect(openingPage(null)).not.toContain('role="alert"');
    expect(openingPage('No <such> receipt')).toContain('<p class="problem" role="alert">No &lt;such&gt; receipt</p>');
  });
});
