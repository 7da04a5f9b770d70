import fc from 'fast-check';
import { displayText } from './display';

describe("text out of a stranger's file", () => {
  it.each([
    ['colours', '\u001b[31mred', '[31mred'],
    ['a line that looks like ours', 'a.jpg\n  good     picture', 'a.jpg   good     picture'],
    ['text that runs backwards', 'exe.\u202egpj', 'exe. gpj'],
    ['invisible letters', 'a\u200bb\ufeff', 'a b'],
    ['half a letter', '\ud800x', '\ufffdx'],
    ['markup, which is text here', '<script>', '<script>'],
  ])('loses %s', (_what, text, shown) => {
    expect(displayText(text)).toBe(shown);
  });

  it('is short and in one line, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const shown = displayText(text);
        expect(shown.length).toBeLessThanOrEqual(200);
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/); // eslint-disable-line no-control-regex -- they are what must be gone
      }),
    );
  });
});
