import { linesOf } from './text.model';

const row = (line: number, left: number, confidence: number, text: string): string =>
  [5, 1, 1, 1, line, 1, left, 40 * line, 90, 20, confidence, text].join('\t');

describe('the lines of a picture', () => {
  it('are made of its words, in thousandths of its size', () => {
    const tsv = [
      '4\t1\t1\t1\t1\t0\t0\t0\t400\t20\t-1\t',
      row(1, 0, 96.4, 'grand'),
      row(1, 100, 90, 'opening'),
      row(2, 200, 80, 'today'),
    ].join('\n');
    expect(linesOf(tsv, { width: 400, height: 200 })).toEqual({
      text: [
        { left: 0, top: 200, width: 475, height: 100, score: 932 },
        { left: 500, top: 400, width: 225, height: 100, score: 800 },
      ],
      words: ['grand opening', 'today'],
    });
  });

  it('leave out what the reader is not sure of, single letters and signs', () => {
    const tsv = [row(1, 0, 59, 'shadow'), row(1, 0, 95, ' '), row(2, 0, 99, 'x'), row(2, 0, 99, '|—')].join('\n');
    expect(linesOf(tsv, { width: 400, height: 200 })).toEqual({ text: [], words: [] });
  });
});
