import { CombinationMatcher, wordsOf } from './combination';

const undress = {
  all: [
    ['take off', 'remov*'],
    ['her', 'his'],
    ['clothes', 'shirt*'],
  ],
  within: 5,
  score: 700,
};

function isIn(text: string, combination = undress): boolean {
  return new CombinationMatcher(combination).isIn(wordsOf(text));
}

describe('a combination of words', () => {
  it.each([
    'take off her clothes',
    'removing all of her clothes',
    'her shirts: take off',
    'please remove his shirt now',
    'r3move h3r cl0thes',
  ])('is in %j', (text) => expect(isIn(text)).toBe(true));

  it.each([
    ['a group is missing', 'take off her hat'],
    ['they are too far from each other', 'remove the dust from the picture and brighten her clothes'],
    ['a word is only the beginning of another', 'remove the heron clothes'],
    ['a term of two words is torn', 'take her clothes off'],
    ['there are no words', '... !'],
    ['there is nothing', ''],
  ])('is not there when %s', (_, text) => {
    expect(isIn(text)).toBe(false);
  });

  it('spans as many words as it says, and no more', () => {
    const pair = { all: [['one'], ['two']], within: 3, score: 1 };
    expect(isIn('one x two', pair)).toBe(true);
    expect(isIn('one x x two', pair)).toBe(false);
  });

  it('counts a word for one group only', () => {
    const twice = { all: [['fake*'], ['fake*', 'seal']], within: 4, score: 1 };
    expect(isIn('a fake', twice)).toBe(false);
    expect(isIn('a fake fake', twice)).toBe(true);
  });

  it('knows terms of several words by each way in which the first may end', () => {
    const swap = { all: [["swap* my sister's face*", 'swap heads'], ['with']], within: 8, score: 1 };
    expect(isIn("swapping my sister's faces with these", swap)).toBe(true);
    expect(isIn('swap heads with him', swap)).toBe(true);
    expect(isIn('swap the heads with him', swap)).toBe(false);
    expect(isIn("swapping my sister's", swap)).toBe(false);
  });

  it('reads figures as letters inside words, and leaves numbers alone', () => {
    expect(wordsOf("waterm4rk 2024 it's")).toEqual(['watermark', '2024', 'its']);
  });

  it('ends soon with a long text that repeats its words', () => {
    const text = 'remove '.repeat(5_000) + 'her '.repeat(5_000);
    expect(isIn(text)).toBe(false);
  });
});
