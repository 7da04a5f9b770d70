import fc from 'fast-check';
import { intentInWords } from './intent.words';
import { applyAnswer, parseConversation, parseIntent, PROMPT_CHARS_MAX } from './parse-intent';

const said = (prompt: string, hasMask = false): string => intentInWords(parseIntent(prompt, { hasMask }));

/** The sentences that the grammar was made and corrected with; those that it was not are in held-out.spec.ts. */
const SENTENCES: readonly (readonly [string, string])[] = [
  ['brighten the picture', 'brightness 20'],
  ['make it brighter and warmer', 'brightness 20, temperature 20'],
  ['increase contrast and saturation by 20%', 'contrast 20, saturation 20'],
  ['blur the background', 'ask WHERE'],
  ['remove the lamp and brighten the corner', 'ask WHERE'],
  ['rotate 90 degrees left', 'rotate -90'],
  ['flip it', 'ask WHICH_WAY'],
  ['flip horizontally', 'flip horizontal'],
  ['crop to a square', 'crop 1:1'],
  ['crop to 16:9', 'crop 16:9'],
  ['crop the top half', 'ask WHICH_MEANING'],
  ['cut 10% off the top', 'crop 0/100/1000/900'],
  ['crop 5% from each side', 'crop 50/50/900/900'],
  ['resize to 800x600', 'resize 800x600'],
  ['make it half the size', 'resize 50%'],
  ['scale down by 30%', 'resize 70%'],
  ['black and white please', 'black-and-white'],
  ['make the car red', 'ask WHERE'],
  ['change the colour of the car to navy blue', 'ask WHERE'],
  ['make it look like a van gogh', 'decline STYLE_UNSUPPORTED'],
  ['add text "SALE -50%" in the top left corner in red, large', 'text "SALE -50%" top-left #ff0000 120'],
  ['write hello world at the bottom', 'ask WHICH_WORDS'],
  ['erase the person on the left', 'ask WHERE'],
  ['undo the last two changes', 'decline SESSION_COMMAND'],
  ['brighten the shadows', 'decline EFFECT_UNSUPPORTED'],
  ['make the sky brighter and warmer', 'ask WHERE'],
  ['blur and darken the sky', 'ask WHERE'],
  ['the photo is too dark', 'brightness 20'],
  ["it's too dark, brighten it by 30%", 'brightness 30'],
  ['brighten the left half slightly', 'brightness 10 @0/0/500/1000'],
  ['shift the hue by 40 degrees', 'hue 40'],
  ['flatten onto white', 'flatten #ffffff'],
  ['remove the background', 'decline CUT_OUT_UNSUPPORTED'],
  ["don't crop, just sharpen a little", 'sharpen 10'],
  ['sharpen the picture and keep the face as it is', 'ask WHERE'],
  ['contrast +15%', 'contrast 15'],
  ['set brightness to 120%', 'brightness 20'],
  ['desaturate', 'saturation -100'],
  ['make it pop', 'ask WHICH_MEANING'],
  ['hello', 'ask NOT_UNDERSTOOD'],
  ['turn it upside down', 'rotate 180'],
  ['turn the picture 90 degrees clockwise', 'rotate 90'],
  ['straighten by 2 degrees', 'rotate 2'],
  ['make it 1200 px wide', 'resize 1200x?'],
  ['brighten if it is too dark', 'ask NOT_UNDERSTOOD'],
  ['remove the colour', 'black-and-white'],
  ['make it darker and crop it to 4:5 then rotate left', 'brightness -20, crop 4:5, rotate -90'],
  ['Replace the dog with a cat', 'decline REPLACE_UNSUPPORTED'],
  ['increase the brightness of the lamp', 'ask WHERE'],
  ['lower the exposure a touch', 'brightness -10'],
  ['give it more contrast', 'contrast 20'],
  ['quarter turn to the right', 'rotate 90'],
  ['make the picture twice as bright', 'brightness 100'],
  ['tint the picture blue', 'ask WHERE'],
  ['make everything black and white except the rose', 'ask WHERE'],
  ['crop to (10, 20, 300, 200)', 'crop 10,20 300x200px'],
  ['warm it up a bit', 'temperature 10'],
  ['add a caption saying “Hello, World!” at the bottom', 'text "Hello, World!" bottom auto 70'],
  ['reduce saturation by half', 'saturation -50'],
  ['enlarge it 2x', 'resize 200%'],
  ['mirror the image', 'flip horizontal'],
  ['make the image a lot sharper', 'sharpen 40'],
  ['add a slight blur', 'blur 30'],
  ['apply a gaussian blur of 5px', 'blur 5px'],
  ['darken the top third by 15 percent, then sharpen', 'brightness -15 @0/0/1000/333, sharpen 40'],
  ['less saturated please', 'saturation -20'],
  ['do not change anything', 'ask NOT_UNDERSTOOD'],
  ['1. brighten 2. crop to square', 'brightness 20, crop 1:1'],
  ['rotate it by -7.5°', 'rotate -7.5'],
  ['make it greyscale and increase the contrast', 'black-and-white, contrast 20'],
  ['convert to png', 'decline EXPORT_COMMAND'],
  ['brighten the top left corner and blur it', 'brightness 20 @0/0/333/333, blur 30 @0/0/333/333'],
  ['Could you lighten this up just a little?', 'brightness 10'],
  ['Make the photo 25 percent darker', 'brightness -25'],
  ['Bump the contrast by a third', 'contrast 33'],
  ['The colours look washed out, boost them', 'ask NOT_UNDERSTOOD'],
  ['Drop the saturation to 60%', 'saturation -40'],
  ["I'd like it a good deal warmer", 'temperature 40'],
  ['Cool the image down slightly', 'temperature -10'],
  ['Turn the shot into black & white', 'black-and-white'],
  ['Give me a greyscale version', 'black-and-white'],
  ['Rotate it clockwise by 45 degrees', 'rotate 45'],
  ['Spin the image 180°', 'rotate 180'],
  ['Turn it 90 degrees to the left', 'rotate -90'],
  ['Mirror it vertically', 'flip vertical'],
  ['Flip the pic left to right', 'flip horizontal'],
  ['Crop it square', 'crop 1:1'],
  ['Crop to 4x5', 'crop 4:5'],
  ['Crop to 1080 by 1080 pixels', 'crop 1080x1080'],
  ['Trim 10% from the bottom', 'crop 0/0/1000/900'],
  ['Cut off the left 15%', 'crop 150/0/850/1000'],
  ['Crop to the left half', 'crop 0/0/500/1000'],
  ['Scale it to 75%', 'resize 75%'],
  ['Resize to 1920 pixels wide', 'resize 1920x?'],
  ['Shrink the picture by a quarter', 'resize 75%'],
  ['Make it twice as large', 'resize 200%'],
  ['Downscale to 640x480', 'resize 640x480'],
  ['Blur the whole thing a bit', 'blur 10'],
  ['Gaussian blur with a 12 px radius', 'blur 12px'],
  ['Sharpen heavily', 'sharpen 60'],
  ['Make it crisper', 'sharpen 40'],
  ['Put "Summer Sale" across the top in yellow', 'text "Summer Sale" top #ffff00 70'],
  ["Add the caption 'Copyright Acme' bottom right, small", 'text "Copyright Acme" bottom-right auto 40'],
  ['Write "Hello" in the middle', 'text "Hello" centre auto 70'],
  ['Flatten the image on a black background', 'flatten #000000'],
  ['Fill the transparency with #ff8800', 'flatten #ff8800'],
  ['Shift hue by -60 degrees', 'hue -60'],
  ['Brighten the lower right corner by 30%', 'brightness 30 @667/667/333/333'],
  ['Darken the bottom third, please', 'brightness -20 @0/667/1000/333'],
  ['Make the top half warmer', 'temperature 20 @0/0/1000/500'],
  ['Reduce brightness and contrast by 10 percent', 'brightness -10, contrast -10'],
  ['Make it darker, moodier and add a vignette', 'decline STYLE_UNSUPPORTED'],
  ['Erase the trash can', 'ask WHERE'],
  ['Get rid of the power lines on the right', 'ask WHERE'],
  ['Remove that guy in the back', 'ask WHERE'],
  ['Paint the wall light blue', 'ask WHERE'],
  ['Change the shirt to dark green', 'ask WHERE'],
  ['Recolour the sofa', 'ask WHICH_COLOUR'],
  ['Make her eyes bluer', 'ask NOT_UNDERSTOOD'],
  ['Swap the sky for a sunset', 'decline REPLACE_UNSUPPORTED'],
  ['Add a hot air balloon', 'decline INSERT_UNSUPPORTED'],
  ['Put a hat on the dog', 'decline INSERT_UNSUPPORTED'],
  ['Turn it into an oil painting', 'decline STYLE_UNSUPPORTED'],
  ['Make him look younger', 'decline PERSON_UNSUPPORTED'],
  ['Move the bottle to the left', 'decline MOVE_UNSUPPORTED'],
  ['Remove the backdrop', 'ask WHERE'],
  ['Redo that', 'decline SESSION_COMMAND'],
  ['Go back to the first version', 'decline SESSION_COMMAND'],
  ['Apply this to all product shots', 'decline SESSION_COMMAND'],
  ['Enhance it', 'decline RESTORE_UNSUPPORTED'],
  ['Can you fix it?', 'decline RESTORE_UNSUPPORTED'],
  ['What do you think of this picture?', 'ask NOT_UNDERSTOOD'],
  ['asdf qwer', 'ask NOT_UNDERSTOOD'],
  ['Sharpen everything but the background', 'ask WHERE'],
  ['Only brighten the face', 'ask WHERE'],
  ['Blur the licence plate', 'ask WHERE'],
  ['Increase the exposure by half, then crop to 3:2 and flip it horizontally', 'brightness 50, crop 3:2, flip horizontal'],
  ['Desaturate by 30% and rotate left', 'saturation -30, rotate -90'],
  ['Less contrast, more saturation', 'contrast -20, saturation 20'],
  ['Tone the saturation down a lot', 'saturation -40'],
  ['Lower highlights', 'decline EFFECT_UNSUPPORTED'],
  ['Straighten the horizon', 'ask HOW_MUCH'],
  ['Extend the canvas to the left', 'decline GENERATE_UNSUPPORTED'],
  ['Save it as jpeg', 'decline EXPORT_COMMAND'],
  ['Make the picture brighter but not the sky', 'ask WHERE'],
  ['Never mind', 'ask NOT_UNDERSTOOD'],
  ['Rotate by 90', 'rotate 90'],
  ['Make it 3:2', 'crop 3:2'],
  ['It is way too bright', 'brightness -60'],
  ['Raise the temperature by 15%', 'temperature 15'],
  ['increase contrst by 10%', 'ask NOT_UNDERSTOOD'],
  ['Rotate the mug 20 degrees', 'decline MOVE_UNSUPPORTED'],
];

describe('the grammar of edits', () => {
  it.each(SENTENCES)('reads %j', (sentence, expected) => expect(said(sentence)).toBe(expected));

  it.each([
    ['erase the lamp on the left', 'erase'],
    ['remove it', 'erase'],
    ['make the car navy blue', 'recolour #000080'],
    ['recolour the selected area to teal', 'recolour #008080'],
    ['brighten the face by 15%', 'brightness 15'],
    ['blur the background', 'blur 30'],
    ['make everything black and white except the rose', 'black-and-white'],
    ['crop to the mask', 'crop mask'],
    ['crop to the lamp', 'crop mask'],
    ['sharpen and keep the face as it is', 'sharpen 40'],
    ['rotate left', 'ask MASK_IN_THE_WAY'],
    ['resize to 50%', 'ask MASK_IN_THE_WAY'],
    ['erase the lamp if you can', 'ask NOT_UNDERSTOOD'],
    ['replace the lamp with a plant', 'decline REPLACE_UNSUPPORTED'],
  ])('reads %j beside a mask', (sentence, expected) => expect(said(sentence, true)).toBe(expected));

  it('keeps the words of a thing, for the ledger and the question', () => {
    expect(parseIntent('get rid of the two lamps on the left', { hasMask: true }).operations).toEqual([
      { operation: 'erase', target: 'the two lamps', area: null },
    ]);
    expect(parseIntent('get rid of the two lamps on the left').question).toMatchObject({
      code: 'WHERE',
      needs: 'mask',
      clause: 'get rid of the two lamps on the left',
      text: expect.stringContaining('the two lamps') as string,
    });
  });

  it('takes nothing in quotes for a command, and writes it as it was written', () => {
    expect(parseIntent('add the text "Crop, blur and ERASE me" at the top').operations).toMatchObject([
      { operation: 'text', text: 'Crop, blur and ERASE me', position: 'top' },
    ]);
    expect(said('add the text "中文" at the top')).toBe('decline TEXT_UNSUPPORTED');
  });

  it('does nothing of a prompt of which it cannot do all', () => {
    const intent = parseIntent('brighten the picture and add a dog');
    expect(intent).toMatchObject({ declined: { code: 'INSERT_UNSUPPORTED' }, operations: [{ operation: 'brightness' }] });
    expect(intent.declined?.instead.length).toBeGreaterThan(0);
  });

  it('declines a prompt that is too long', () => expect(said('brighten '.repeat(PROMPT_CHARS_MAX))).toBe('decline PROMPT_TOO_LONG'));

  it('asks only for what it would understand, and offers only what it can do', () => {
    for (const [sentence] of SENTENCES) {
      const { question, declined } = parseIntent(sentence);
      for (const candidate of [...(question?.candidates ?? []), ...(declined?.instead ?? [])]) {
        expect([candidate, parseIntent(candidate)]).toEqual([candidate, expect.objectContaining({ question: null, declined: null })]);
        expect(parseIntent(candidate).operations).not.toHaveLength(0);
      }
    }
  });
});

describe('an answer to the one question', () => {
  it.each([
    ['rotate the picture', '90 degrees clockwise', 'rotate 90'],
    ['rotate the picture', 'to the left', 'rotate -90'],
    ['brighten it and flip it', 'vertically', 'brightness 20, flip vertical'],
    ['brighten it and flip it', 'flip the picture horizontally', 'brightness 20, flip horizontal'],
    ['crop the top half', 'crop to the top half', 'crop 0/0/1000/500'],
    ['shift the hue', '45', 'hue 45'],
    ['resize it, then sharpen', '1200 px wide', 'resize 1200x?, sharpen 40'],
    ['write hello at the bottom', 'Hello, World', 'text "Hello, World" bottom auto 70'],
    ['make it pop', 'increase the contrast by 15%', 'contrast 15'],
    ['blur the background', 'blur the whole picture', 'blur 30'],
  ])('%j, then %j', (prompt, answer, expected) => expect(intentInWords(parseConversation([prompt, answer]).intent)).toBe(expected));

  it('may lead to the next question', () => {
    const { intent, prompt } = parseConversation(['rotate it and flip it', '90']);
    expect(intent).toMatchObject({ question: { code: 'WHICH_WAY', clause: 'flip it' } });
    expect(intentInWords(parseConversation([prompt, 'vertically']).intent)).toBe('rotate 90, flip vertical');
  });

  it('completes the clause even with signs that a replacement would read', () => {
    const { question } = parseIntent('write hello');
    expect(question && applyAnswer('write hello', question, "$& $1 it's")).toContain("$& $1 it's");
  });
});

describe('any words', () => {
  const fragment = fc.constantFrom(
    ...[
      'brighten',
      'the',
      'crop',
      'to',
      '16:9',
      'and',
      'by',
      '20%',
      'blur',
      'make',
      'it',
      'red',
      '"',
      "'",
      '⟦0⟧',
      '⟦',
      'rotate',
      '90',
      '°',
      ',',
      '.',
      'lamp',
      'text',
      '-',
      'half',
      'not',
      'left',
      '\n',
      '#ff0000',
      'x',
      '0',
      '$&',
      '\u202e',
      '١٢',
    ],
  );
  const prompt = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fragment, { maxLength: 25 }).map((words) => words.join(' ')),
  );

  it('get the same answer twice, and never an exception', () => {
    fc.assert(
      fc.property(prompt, fc.boolean(), (words, hasMask) => {
        const intent = parseIntent(words, { hasMask });
        expect(parseIntent(words, { hasMask })).toEqual(intent);
        expect(intent.operations.length > 0 || intent.question !== null || intent.declined !== null).toBe(true);
        expect(Number.isInteger(intent.confidence)).toBe(true);
        if (intent.question) expect(typeof applyAnswer(words, intent.question, words, { hasMask })).toBe('string');
      }),
      { numRuns: 2_000 },
    );
  });

  it('never erase or recolour without a mark', () => {
    fc.assert(
      fc.property(prompt, (words) => {
        const { operations, question, declined } = parseIntent(words);
        if (operations.some(({ operation }) => operation === 'erase' || operation === 'recolour'))
          expect(question !== null || declined !== null).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are read in time linear in their length', () => {
    for (const unit of ['a ', 'brighten ', '"', 'make the ', 'left ', ', ', '9', '- ', 'in the ', '(']) {
      // a catastrophic expression would run into jest's own limit
      expect(parseIntent(unit.repeat(PROMPT_CHARS_MAX).slice(0, PROMPT_CHARS_MAX))).toHaveProperty('confidence');
    }
  });
});
