import { intentInWords } from './intent.words';
import { parseIntent } from './parse-intent';

/**
 * Sentences whose meaning was written down before the grammar had ever seen them. Never tune a rule on one of these: put what you
 * learn into parse-intent.spec.ts. `ask` and `decline` stand for any question and any refusal. What an edit does must be right in every
 * case; to ask where a person would have understood is a fault of comfort, counted below.
 */
const HELD_OUT: readonly (readonly [string, string])[] = [
  ['Can you make this photo 15% brighter?', 'brightness 15'],
  ['please darken the image by a third', 'brightness -33'],
  ['turn down the brightness a touch', 'brightness -10'],
  ['pump up the contrast', 'contrast 20'],
  ['slightly reduce the contrast', 'contrast -10'],
  ['make the colours more vivid', 'saturation 20'],
  ['mute the colours by 30%', 'saturation -30'],
  ['take the saturation down by half', 'saturation -50'],
  ['add some warmth', 'temperature 20'],
  ['it looks too cold', 'temperature 20'],
  ['the image is underexposed', 'brightness 20'],
  ['convert this to grayscale', 'black-and-white'],
  ['b&w', 'black-and-white'],
  ['I want it in black and white', 'black-and-white'],
  ['change the hue by 120°', 'hue 120'],
  ['rotate 270 degrees', 'rotate -90'],
  ['rotate the photo a quarter turn counterclockwise', 'rotate -90'],
  ['tilt it 3.5 degrees to the right', 'rotate 3.5'],
  ['turn the image by 180 degrees', 'rotate 180'],
  ['flip upside down', 'flip vertical'],
  ['mirror the photo left to right', 'flip horizontal'],
  ['square crop, please', 'crop 1:1'],
  ['crop this to a 3 by 2 ratio', 'crop 3:2'],
  ['crop to 1200x630', 'crop 1200x630'],
  ['trim 8% off every side', 'crop 80/80/840/840'],
  ['crop to the bottom right quarter', 'crop 500/500/500/500'],
  ['crop to 60%', 'crop 200/200/600/600'],
  ['cut 20 percent off the right', 'crop 0/0/800/1000'],
  ['resize it to 50 percent', 'resize 50%'],
  ['make the picture 600 px tall', 'resize ?x600'],
  ['scale up 3x', 'resize 300%'],
  ['reduce the size by 25%', 'resize 75%'],
  ['stretch to 500x500', 'resize 500x500 stretch'],
  ['blur it with a 4 pixel radius', 'blur 4px'],
  ['blur the left side heavily', 'blur 60 @0/0/500/1000'],
  ['more sharpness', 'sharpen 40'],
  ['sharpen the middle by 50%', 'sharpen 50 @250/250/500/500'],
  ['stamp "DRAFT" in the centre, huge, red', 'text "DRAFT" centre #ff0000 200'],
  ['add a headline that says "New in May" at the top', 'text "New in May" top auto 70'],
  ['label it "Fig. 1" in the lower left corner', 'text "Fig. 1" bottom-left auto 70'],
  ['flatten transparency to grey', 'flatten #808080'],
  ['brighten, sharpen and crop to 16:9', 'brightness 20, sharpen 40, crop 16:9'],
  ['first rotate left, then make it 10% darker', 'rotate -90, brightness -10'],
  ['bring the exposure up by 12% and the contrast down by 5%', 'brightness 12, contrast -5'],
  ['warm up the upper half and blur the lower half', 'temperature 20 @0/0/1000/500, blur 30 @0/500/1000/500'],
  ['without cropping, rotate by 5 degrees', 'rotate 5'],
  ['remove the coffee stain', 'ask'],
  ['erase everything behind her', 'ask'],
  ['make the jacket burgundy', 'ask'],
  ['could you dye his hair black', 'ask'],
  ['brighten her face', 'ask'],
  ['darken the sky a bit', 'ask'],
  ['sharpen the eyes', 'ask'],
  ['make it brighter but leave the window alone', 'ask'],
  ['rotate it', 'ask'],
  ['crop tighter', 'ask'],
  ['make it bigger', 'ask'],
  ['write Merry Christmas', 'ask'],
  ['give it some punch and sparkle', 'ask'],
  ['do something nice', 'ask'],
  ['lorem ipsum dolor sit amet', 'ask'],
  ['brighten unless it is already bright', 'ask'],
  ['put a moon in the sky', 'decline'],
  ['replace the mug by a glass', 'decline'],
  ['make it look like a watercolour', 'decline'],
  ['generate a photo of a castle', 'decline'],
  ['move the plant a little to the right', 'decline'],
  ['make the woman smile', 'decline'],
  ['extend the background on both sides', 'decline'],
  ['undo', 'decline'],
  ['download as PNG', 'decline'],
  ['lift the shadows', 'decline'],
  ['rotate the chair by 30 degrees', 'decline'],
  ['make her thinner', 'decline'],
];

const answers = HELD_OUT.map(([sentence, expected]) => {
  const said = intentInWords(parseIntent(sentence));
  const kind = /^(?:ask|decline)\b/.exec(said)?.[0] ?? null;
  return { sentence, expected, said, isRight: said === expected || kind === expected, edits: kind === null };
});

describe('sentences that the grammar was not made for', () => {
  it('are never done wrongly', () => {
    expect(answers.filter(({ isRight, edits }) => edits && !isRight)).toEqual([]);
  });

  it('are mostly understood', () => {
    const misread = answers.filter(({ isRight }) => !isRight);
    // 70 of 74 on the day they were first read, before and after which no rule was changed for them: never less
    expect(answers.length - misread.length).toBeGreaterThanOrEqual(70);
  });
});
