import type { VerificationReport } from '@imprimatur/formats/manifest';
import { jsonLine, reportText } from './verify.output';

const report: VerificationReport = {
  v: 1,
  outcome: 'bad',
  exitCode: 1,
  words: 'Checked and found bad. Why.',
  checks: [{ name: 'content', outcome: 'bad', words: 'Why.', codes: ['x'] }],
  manifest: {
    urn: 'urn:c2pa:1',
    title: 'A title',
    generator: 'G',
    signedBy: null,
    timestamp: null,
    exportId: null,
    actions: 1,
    ingredients: [],
  },
};

describe('a report for a person', () => {
  it('says the outcome first, then each check in a line', () => {
    expect(reportText('a.jpg', report, false)).toBe(
      'a.jpg: bad. Checked and found bad. Why.\n  "A title", signed by nobody who is named, tells 1 action, urn:c2pa:1\n  bad      content             Why.',
    );
  });

  it('has no manifest to tell of where there is none', () => {
    expect(reportText('a.jpg', { ...report, manifest: null }, false).split('\n')).toHaveLength(2);
  });

  it('is coloured only when asked', () => {
    expect(reportText('a.jpg', report, true)).toContain('\u001b[31mbad\u001b[0m');
  });
});

describe('a report for a machine', () => {
  it('is one line, and cannot end a script that it stands in', () => {
    const line = jsonLine({ title: '</script>\n\u2028' });
    expect(line).not.toMatch(/[<\n\u2028]/);
    expect(JSON.parse(line)).toEqual({ title: '</script>\n\u2028' });
  });
});
