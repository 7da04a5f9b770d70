import { parseIntent } from './intents/parse-intent';
import { declaredAction } from './local/local.provider';
import { describeOperation, kindsOfChange, OPERATION_TRAITS } from './operation.rules';
import { readOperations } from './operation.schema';

/** C2PA 2.4, list of actions. */
const ACTIONS = ['c2pa.adjustedColor', 'c2pa.enhanced', 'c2pa.filtered', 'c2pa.orientation', 'c2pa.resized', 'c2pa.cropped', 'c2pa.edited'];
const PROMPTS = [
  'brighten by 10%',
  'more contrast',
  'less saturation',
  'warmer',
  'monochrome',
  'shift hue by 20',
  'make the car red',
  'sharpen',
  'blur',
  'blur 5 px',
  'rotate 7.5 degrees left',
  'flip vertically',
  'resize to 50%',
  'resize to 800x600',
  'crop to 16:9',
  'crop to the left half',
  'crop to 10, 10, 20, 20',
  'crop to 500x500',
  'flatten onto black',
  'add the text "a <b> & \u00e9" at the top',
  'erase the car',
  'crop to the mask',
];
const every = PROMPTS.flatMap((prompt) => parseIntent(prompt, { hasMask: /car|mask/.test(prompt) }).operations);

describe('what an operation is declared as', () => {
  it('is covered by these examples', () => {
    expect(new Set(every.map(({ operation }) => operation))).toEqual(new Set(Object.keys(OPERATION_TRAITS)));
  });

  it('is an action that C2PA has, and never a trained model', () => {
    for (const { action, digitalSourceType } of Object.values(OPERATION_TRAITS)) {
      expect(ACTIONS).toContain(action);
      expect(['humanEdits', 'algorithmicallyEnhanced']).toContain(digitalSourceType);
    }
  });

  it('is never a mere enhancement where the content changes', () => {
    for (const name of ['erase', 'recolour', 'text', 'blur', 'crop', 'flip', 'flatten', 'hue'] as const)
      expect(OPERATION_TRAITS[name].digitalSourceType).toBe('humanEdits');
  });

  it('tells the kinds of change once each', () => {
    expect(kindsOfChange(parseIntent('brighten, increase contrast, crop to a square and sharpen').operations)).toEqual([
      'tone',
      'crop',
      'sharpness',
    ]);
  });

  it('is described without the words of the prompt', () => {
    for (const operation of every) {
      expect(describeOperation(operation)).not.toMatch(/car|<b>|undefined|null/);
      expect(declaredAction(operation)).toMatchObject({ softwareAgent: { name: 'Imprimatur local editor' }, operation });
    }
  });
});

describe('operations as JSON', () => {
  it('come back as they were stored', () => expect(readOperations(JSON.parse(JSON.stringify(every)))).toEqual(every));

  it.each([
    ['no list', {}],
    ['an unknown operation', [{ operation: 'explode' }]],
    ['a member too many', [{ operation: 'black-and-white', area: null, also: 1 }]],
    ['an amount out of range', [{ operation: 'brightness', amountPercent: 1000, area: null }]],
    ['half a percent', [{ operation: 'brightness', amountPercent: 0.5, area: null }]],
    [
      'a box that reaches beyond',
      [{ operation: 'blur', amountPercent: 5, radiusPixels: null, area: { left: 600, top: 0, width: 600, height: 10 } }],
    ],
    ['a size without sides', [{ operation: 'resize', to: { kind: 'size', width: null, height: null, stretch: false } }]],
    ['a colour in words', [{ operation: 'flatten', background: 'white' }]],
    ['too many', Array(51).fill({ operation: 'black-and-white', area: null })],
  ])('are refused when they are %s', (_name, json) => expect(readOperations(json)).toBeNull());
});
